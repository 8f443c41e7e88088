package slack

import (
	"github.com/goccy/go-yaml"
)

// scope is a permission that the app asks for, with the key of the words that say why.
type scope struct{ name, reason string }

// scopes are all that the app asks for: what it does not need it does not want.
var scopes = []scope{
	{"commands", "commands"},         // /m365 and the shortcut
	{"chat:write", "write"},          // orders' own messages, and answers to mentions
	{"im:write", "write_to"},         // to open the conversation that those are in
	{"im:history", "read_direct"},    // direct messages are commands
	{"app_mentions:read", "mention"}, // and so are mentions
	{"users:read", "users"},          // language and time zone; guests and bots are refused
	{"usergroups:read", "groups"},    // groups that grant roles
}

func scopeNames() []string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = s.name
	}
	return names
}

// botEvents are those that the app is told of.
var botEvents = []string{"app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked"}

// Words of commands, as /m365 hints at them.
const usageHint = "buy [product] | cart | orders | order ID | approvals | withdraw ID | nudge ID | delegate @name until DATE | subscriptions | assign | remove | move | cancel | help"

// ManifestOptions say what the manifest is for.
type ManifestOptions struct {
	PublicURL string // scheme and host
	Sockets   bool   // Socket Mode: Slack is given no addresses
	Installs  bool   // by OAuth, in many workspaces
}

// Manifest is the app's manifest, as YAML: what to paste into api.slack.com to make it.
func Manifest(o ManifestOptions) ([]byte, error) {
	command := yaml.MapSlice{
		{Key: "command", Value: "/m365"}, {Key: "description", Value: "Buy and hand out Microsoft 365 licences"},
		{Key: "usage_hint", Value: usageHint}, {Key: "should_escape", Value: false},
	}
	interactivity := yaml.MapSlice{{Key: "is_enabled", Value: true}}
	events := yaml.MapSlice{{Key: "bot_events", Value: botEvents}}
	if !o.Sockets {
		command = append(command, yaml.MapItem{Key: "url", Value: o.PublicURL + "/slack/commands"})
		interactivity = append(interactivity, yaml.MapItem{Key: "request_url", Value: o.PublicURL + "/slack/interactions"})
		events = append(yaml.MapSlice{{Key: "request_url", Value: o.PublicURL + "/slack/events"}}, events...)
	}
	oauth := yaml.MapSlice{{Key: "scopes", Value: yaml.MapSlice{{Key: "bot", Value: scopeNames()}}}}
	if o.Installs {
		oauth = append(yaml.MapSlice{{Key: "redirect_urls", Value: []string{o.PublicURL + "/slack/oauth/callback"}}}, oauth...)
	}
	return yaml.MarshalWithOptions(yaml.MapSlice{
		{Key: "_metadata", Value: yaml.MapSlice{{Key: "major_version", Value: 2}}},
		{Key: "display_information", Value: yaml.MapSlice{
			{Key: "name", Value: "Cartwright"}, {Key: "description", Value: "Buys Microsoft 365 subscriptions without leaving Slack"},
			{Key: "background_color", Value: "#0f766e"},
		}},
		{Key: "features", Value: yaml.MapSlice{
			{Key: "app_home", Value: yaml.MapSlice{
				{Key: "home_tab_enabled", Value: true}, {Key: "messages_tab_enabled", Value: true}, {Key: "messages_tab_read_only_enabled", Value: false},
			}},
			{Key: "bot_user", Value: yaml.MapSlice{{Key: "display_name", Value: "Cartwright"}, {Key: "always_online", Value: true}}},
			{Key: "shortcuts", Value: []yaml.MapSlice{{
				{Key: "name", Value: "Microsoft 365"}, {Key: "type", Value: "message"}, {Key: "callback_id", Value: "m365_thread"},
				{Key: "description", Value: "Buy or hand out licences from a thread"},
			}}},
			{Key: "slash_commands", Value: []yaml.MapSlice{command}},
		}},
		{Key: "oauth_config", Value: oauth},
		{Key: "settings", Value: yaml.MapSlice{
			{Key: "event_subscriptions", Value: events}, {Key: "interactivity", Value: interactivity},
			{Key: "org_deploy_enabled", Value: false}, {Key: "socket_mode_enabled", Value: o.Sockets}, {Key: "token_rotation_enabled", Value: false},
		}},
	}, yaml.IndentSequence(true))
}
