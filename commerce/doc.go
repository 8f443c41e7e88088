// Package commerce is the domain: what can be bought, by whom, at which price, and what
// becomes of an order until licences are in people's hands.
//
// Decisions are pure functions of values. [Service] carries them out: each change of an
// order is one [Ledger] transaction that holds the new state, its audit entry and the
// job that goes on. What lies outside is behind ports, each beside the type it deals in:
// [Vendor], [Gateway], [Licensor], [Directory], [Announcer]. Errors are codes with
// arguments, never sentences.
package commerce
