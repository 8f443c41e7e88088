package config

import (
	"crypto/ed25519"
	"encoding/hex"
	"net/url"
	"strings"
)

// Discord is how the program is an application in Discord.
type Discord struct {
	Application string            // id
	Gateway     bool              // interactions come by the gateway, not over HTTP
	PublicKey   ed25519.PublicKey // what interactions over HTTP are signed with
	BotToken    Secret
	APIURL      string // ends in a slash
}

// Configured reports whether Discord is to be served at all.
func (d Discord) Configured() bool { return d.Application != "" }

const discordAPI = "https://discord.com/api/v10/"

func (r *reader) discord() Discord {
	d := Discord{BotToken: r.secret("DISCORD_BOT_TOKEN"), APIURL: r.discordURL(), Gateway: r.discordGateway()}
	d.Application, _ = r.lookUp("DISCORD_APPLICATION_ID")
	if strings.Trim(d.Application, "0123456789") != "" {
		r.mistakes.add("DISCORD_APPLICATION_ID", "copy it from the application's General Information", "it is no number")
	}
	text, given := r.lookUp("DISCORD_PUBLIC_KEY")
	key, err := hex.DecodeString(text)
	if given && (err != nil || len(key) != ed25519.PublicKeySize) {
		r.mistakes.add("DISCORD_PUBLIC_KEY", "copy it from the application's General Information", "it is not 64 hex digits")
	}
	d.PublicKey = key
	return d
}

func (r *reader) discordGateway() bool {
	text, given := r.lookUp("DISCORD_GATEWAY")
	if given && text != "true" && text != "false" {
		r.mistakes.add("DISCORD_GATEWAY", "write true or false", "it is %q", text)
	}
	return text == "true"
}

// discordURL is where Discord's API is. A token must not travel in the clear, but to this
// machine itself.
func (r *reader) discordURL() string {
	text, given := r.lookUp("DISCORD_API_URL")
	if !given {
		return discordAPI
	}
	u, err := url.Parse(text)
	secure := err == nil && (u.Scheme == "https" || u.Scheme == "http" && loopback(withPort(u)))
	if !secure || u.Host == "" || !strings.HasSuffix(u.Path, "/") || u.RawQuery != "" || u.User != nil {
		r.mistakes.add("DISCORD_API_URL", "write "+discordAPI+" or leave it out", "it is no https URL that ends in / (http only on this machine)")
	}
	return text
}

// checkDiscord finds what is missing beside what is there.
func (r *reader) checkDiscord(d Discord) {
	if d.Application == "" && len(d.PublicKey) == 0 && !d.BotToken.Set() && !d.Gateway {
		return
	}
	for _, v := range []struct {
		name string
		set  bool
	}{
		{"DISCORD_APPLICATION_ID", d.Application != ""}, {"DISCORD_PUBLIC_KEY", len(d.PublicKey) > 0 || d.Gateway}, {"DISCORD_BOT_TOKEN", d.BotToken.Set()},
	} {
		if !v.set && !r.wrong(v.name) && !r.wrong(v.name+"_FILE") {
			r.mistakes.add(v.name, "copy it from the application's pages at discord.com/developers", "it is not set, and another of Discord's variables is")
		}
	}
}
