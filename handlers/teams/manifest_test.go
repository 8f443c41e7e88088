package teams

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const anApp = "11111111-2222-4333-8444-555555555555"

// packaged is what is in the app's package, by name.
func packaged(t *testing.T, made []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(made), int64(len(made)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func makeManifest(t *testing.T) []byte {
	t.Helper()
	u, err := url.Parse("https://bot.example:8443")
	if err != nil {
		t.Fatal(err)
	}
	made, err := Manifest(ManifestOptions{AppID: anApp, PublicURL: u})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// The package is what Microsoft's schema takes, with icons of the sizes that Teams wants, a
// menu whose every text is there in every language, and the same bytes each time.
func TestManifest(t *testing.T) {
	t.Parallel()
	made := makeManifest(t)
	if !bytes.Equal(made, makeManifest(t)) {
		t.Error("it is another one each time")
	}
	files := packaged(t, made)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(files["manifest.json"]))
	if err != nil {
		t.Fatal(err)
	}
	if err := publishedSchema(t, "teams-manifest-1.22.json").Validate(v); err != nil {
		t.Error(err)
	}
	for name, side := range map[string]int{"color.png": 192, "outline.png": 32} {
		icon, err := png.Decode(bytes.NewReader(files[name]))
		if err != nil || icon.Bounds() != image.Rect(0, 0, side, side) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, lang := range []string{"fr", "de", "zh-CN"} {
		var texts map[string]string
		if err := json.Unmarshal(files[lang+".json"], &texts); err != nil || len(texts) != 5+2*len(menu) {
			t.Errorf("%s: %d texts, %v", lang, len(texts), err)
		}
		for at, text := range texts {
			most := map[string]int{"name.short": 30, "name.full": 100, "description.short": 80}[at]
			if text == "" || strings.Contains(text, "⟦") || most > 0 && utf8.RuneCountInString(text) > most {
				t.Errorf("%s: %s is %q", lang, at, text)
			}
		}
	}
}

// The outline is white on nothing: Teams colours it itself.
func TestTheOutlineIsWhite(t *testing.T) {
	t.Parallel()
	icon, err := png.Decode(bytes.NewReader(packaged(t, makeManifest(t))["outline.png"]))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for y := range 32 {
		for x := range 32 {
			r, g, b, a := icon.At(x, y).RGBA()
			if r != a || g != a || b != a {
				t.Fatalf("at %d, %d it is not white", x, y)
			}
			if a > 0 {
				seen++
			}
		}
	}
	if seen < 50 || seen > 800 {
		t.Errorf("%d points of it are there", seen)
	}
}

// Teams takes no address but https ones.
func TestNoManifestWithoutHTTPS(t *testing.T) {
	t.Parallel()
	_, err := Manifest(ManifestOptions{AppID: anApp, PublicURL: &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}})
	if err == nil {
		t.Error("it is made with an address that Teams refuses")
	}
}
