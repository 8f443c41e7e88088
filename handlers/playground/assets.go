package playground

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"time"
)

//go:embed assets
var files embed.FS

// asset is a file of the page's, with the tag that changes when it does.
type asset struct {
	name string
	tag  string
	body []byte
}

// readAssets reads what browsers may load; the pages' own templates are not among it.
func readAssets() map[string]asset {
	found := map[string]asset{}
	entries, err := files.ReadDir("assets")
	if err != nil {
		panic(err) // the files are part of the program
	}
	for _, e := range entries {
		if path.Ext(e.Name()) == ".html" {
			continue
		}
		body, err := files.ReadFile("assets/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(body)
		found[e.Name()] = asset{e.Name(), `"` + hex.EncodeToString(sum[:8]) + `"`, body}
	}
	return found
}

// Assets serves the page's stylesheet and scripts, by the path value `file`. Browsers
// keep them and ask each time whether they changed: a new program is never seen with an
// old page's script.
func (p *Playground) Assets(w http.ResponseWriter, r *http.Request) {
	a, ok := p.assets[r.PathValue("file")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", a.tag)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, a.name, time.Time{}, bytes.NewReader(a.body))
}
