// Package conversations is the dialogue: it turns one event of a person into one
// prompt, and an order into the message that people see of it.
//
// A click goes straight down: [Engine.Turn] loads the conversation, reads the facts,
// takes one pure step, lets [commerce.Service] carry out what the step asks for, saves,
// and shows the prompt that state and facts call for. No platform and no SQL is known
// here; words come from the locale package alone.
package conversations
