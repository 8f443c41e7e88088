// Package config turns the environment, the organisations file and the catalogue file
// into one [Config], or into every [Mistake] in them at once.
//
// [Read] changes nothing and keeps nothing, so a reload is to Read again and to swap the
// whole Config when there is no error. Secrets redact themselves.
package config
