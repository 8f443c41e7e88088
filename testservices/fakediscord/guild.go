package fakediscord

import (
	"encoding/hex"
	"maps"
	"net/http"
	"strings"
)

func (d *Discord) getMember(r *http.Request, _ any) (answer, *refusal) {
	m, known := d.members[r.PathValue("user")]
	if !known || r.PathValue("guild") != d.Guild {
		return answer{}, errUnknownMember
	}
	return ok(m)
}

func (d *Discord) getGuild(r *http.Request, _ any) (answer, *refusal) {
	if r.PathValue("guild") != d.Guild {
		return answer{}, errUnknownGuild
	}
	return ok(map[string]any{"id": d.Guild, "name": "The guild"})
}

// whole is the guild as an app is told of it that asks for guilds.
func (d *Discord) whole() map[string]any {
	channels, roles := []any{}, []any{map[string]any{"id": d.Guild, "name": "@everyone", "permissions": "0", "position": 0, "color": 0, "hoist": false, "managed": false, "mentionable": false}}
	for id, person := range d.channels {
		if person == "" {
			channels = append(channels, d.channel(id))
		}
	}
	for _, m := range d.members {
		for _, id := range m["roles"].([]string) {
			roles = append(roles, map[string]any{"id": id, "name": "role-" + id, "permissions": "0", "position": 1, "color": 0, "hoist": false, "managed": false, "mentionable": false})
		}
	}
	return map[string]any{"id": d.Guild, "name": "The guild", "owner_id": "1", "channels": channels, "roles": roles, "members": []any{}, "threads": []any{}, "emojis": []any{}, "features": []any{}, "unavailable": false}
}

func (d *Discord) getApplication(*http.Request, any) (answer, *refusal) {
	return ok(map[string]any{"id": d.Application, "name": "The bot", "description": "", "verify_key": hex.EncodeToString(d.PublicKey), "flags": 0, "interactions_endpoint_url": orNull(d.endpoint)})
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// bot is the application's own user, who writes its messages.
func (d *Discord) bot() map[string]any {
	return map[string]any{"id": d.Application, "username": "the-bot", "discriminator": "0001", "global_name": nil, "avatar": nil, "bot": true, "primary_guild": nil, "public_flags": 0, "flags": 0}
}

// getCommands leaves the translations out, unless they are asked for.
func (d *Discord) getCommands(r *http.Request, _ any) (answer, *refusal) {
	if r.PathValue("application") != d.Application {
		return answer{}, errUnknownApplication
	}
	if r.URL.Query().Get("with_localizations") == "true" {
		return ok(append([]any{}, d.commands...))
	}
	return ok(untranslated(d.commands))
}

func untranslated(all []any) []any {
	plain := []any{}
	for _, v := range all {
		c := maps.Clone(v.(map[string]any))
		delete(c, "name_localizations")
		delete(c, "description_localizations")
		for _, key := range []string{"options", "choices"} {
			if inside, has := c[key].([]any); has {
				c[key] = untranslated(inside)
			}
		}
		plain = append(plain, c)
	}
	return plain
}

// putCommands replaces all commands of the application, of every type.
func (d *Discord) putCommands(r *http.Request, body any) (answer, *refusal) {
	if r.PathValue("application") != d.Application {
		return answer{}, errUnknownApplication
	}
	if problems := CheckCommands(body); len(problems) > 0 {
		return answer{}, invalid(problems...)
	}
	d.commands = nil
	for _, v := range body.([]any) {
		c := maps.Clone(v.(map[string]any))
		c["id"], c["version"], c["application_id"] = d.snowflake(), d.snowflake(), d.Application
		if c["type"] == nil {
			c["type"] = 1.0
		}
		d.commands = append(d.commands, c)
	}
	return ok(append([]any{}, d.commands...))
}

func (d *Discord) openDirect(_ *http.Request, body any) (answer, *refusal) {
	fields, _ := body.(map[string]any)
	person := text(fields, "recipient_id")
	if d.members[person] == nil {
		return answer{}, invalid(Problem{"recipient_id", "Value is not a user."})
	}
	channel := DirectChannel(person)
	d.channels[channel] = person
	return ok(d.channel(channel))
}

func (d *Discord) channel(id string) map[string]any {
	if person := d.channels[id]; person != "" {
		return map[string]any{"id": id, "type": 1, "recipients": []any{d.members[person]["user"]}, "last_message_id": nil}
	}
	return map[string]any{"id": id, "type": 0, "guild_id": d.Guild, "name": "channel-" + id, "position": 0, "permission_overwrites": []any{}, "nsfw": false}
}

func (d *Discord) getChannel(r *http.Request, _ any) (answer, *refusal) {
	if _, known := d.channels[r.PathValue("channel")]; !known {
		return answer{}, errUnknownChannel
	}
	return ok(d.channel(r.PathValue("channel")))
}

// command is a command that is registered, nil for none of that name.
func (d *Discord) command(name string) map[string]any { return named(d.commands, name) }

func named(all []any, name string) map[string]any {
	for _, v := range all {
		if c, _ := v.(map[string]any); strings.EqualFold(text(c, "name"), name) {
			return c
		}
	}
	return nil
}
