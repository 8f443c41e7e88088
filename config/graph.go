package config

import (
	"net/url"
	"regexp"
	"strings"

	"cartwright/commerce"
)

// Graph is how the program signs in to Microsoft Graph for the organisations that have a
// tenant of their own there.
type Graph struct {
	URL      string         // https://host; "" for that of an organisation's cloud
	LoginURL string         // https://host; "" for that of an organisation's cloud
	Apps     map[string]App // by organisation
}

// App is an app registration in an organisation's tenant.
type App struct {
	Tenant string // its id, or one of its domains
	Client string // the application's id
	Secret Secret
}

// appFile is an App whose secret is still to be found.
type appFile struct {
	organisation string
	graphFile
}

var (
	domainForm   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`)
)

// graph checks what an organisation says of its tenant at Graph, and keeps it for those that
// call it.
func (s *survey) graph(f organisationFile) {
	switch {
	case f.Graph == nil && f.Backend == commerce.Direct:
		s.wrong("write tenant, client_id and client_secret_env of the app that the bot signs in as", "backend is direct, and graph is missing")
	case f.Graph == nil:
	case f.Graph.Tenant == "" || f.Graph.ClientID == "" || f.Graph.ClientSecretEnv == "":
		s.wrong("write tenant, client_id and client_secret_env, or leave graph out", "graph is incomplete")
	case f.Backend == commerce.Sandbox:
		s.warnings = append(s.warnings, s.where+": graph is not used: backend is sandbox")
	case f.Backend == commerce.Direct:
		s.apps = append(s.apps, appFile{f.ID, s.app(*f.Graph)})
	}
}

// app is in small letters, as Microsoft writes ids and people do not.
func (s *survey) app(f graphFile) graphFile {
	f.Tenant, f.ClientID = strings.ToLower(f.Tenant), strings.ToLower(f.ClientID)
	if !isGUID(f.Tenant) && !domainForm.MatchString(f.Tenant) {
		s.wrong("copy the Directory (tenant) ID from the app registration's overview, or write a domain such as contoso.onmicrosoft.com", "graph.tenant is %q", f.Tenant)
	}
	if !isGUID(f.ClientID) {
		s.wrong("copy the Application (client) ID from the app registration's overview", "graph.client_id is %q", f.ClientID)
	}
	if !variableForm.MatchString(f.ClientSecretEnv) { // it may be the secret itself, so it is not told
		s.wrong("write the name of a variable, such as CONTOSO_GRAPH_SECRET, and give that the secret", "graph.client_secret_env is no name of an environment variable")
		f.ClientSecretEnv = ""
	}
	return f
}

// graph finds the apps' secrets.
func (r *reader) graph(files []appFile) Graph {
	g := Graph{
		URL: r.host("GRAPH_URL", "https://graph.microsoft.com", "/v1.0"), LoginURL: r.host("GRAPH_TOKEN_URL", "https://login.microsoftonline.com", ""),
		Apps: map[string]App{},
	}
	secrets := map[string]Secret{} // each is looked for once, and so is missed once
	for _, f := range files {
		name := f.ClientSecretEnv
		if _, sought := secrets[name]; !sought && name != "" {
			secrets[name] = r.appSecret(name, f.organisation)
		}
		g.Apps[f.organisation] = App{f.Tenant, f.ClientID, secrets[name]}
	}
	return g
}

func (r *reader) appSecret(name, organisation string) Secret {
	secret := r.secret(name)
	if !secret.Set() && !r.wrong(name) && !r.wrong(name+"_FILE") {
		r.mistakes.add(name, "set it to the value of a client secret of the app, or "+name+"_FILE to a file that holds it", "it is not set, and %s names it in client_secret_env", organisation)
	}
	return secret
}

// host is the address of a service whose paths are known. One that people may well add is
// left out.
func (r *reader) host(name, example, path string) string {
	text, given := r.lookUp(name)
	if !given {
		return ""
	}
	text = strings.TrimSuffix(strings.TrimSuffix(text, "/"), path)
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || *u != (url.URL{Scheme: u.Scheme, Host: u.Host}) {
		r.mistakes.add(name, "write scheme and host, such as "+example+", or leave it out", "it is no https URL without a path")
		return ""
	}
	return text
}
