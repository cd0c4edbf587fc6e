//go:build !js

package app

import (
	"encoding/json"

	"unpool/app/page/runs"
	"unpool/app/shell"
)

// ground is the colour behind the pages, light, before their style sheets arrive.
const ground = "#fbfaf8"

const (
	name        = "Unpool"
	description = "Trains small neural networks in a browser tab and lets you look inside them."
)

// picture is an icon or a screenshot, as https://www.w3.org/TR/appmanifest/ has it.
type picture struct {
	Src        string `json:"src"`
	Sizes      string `json:"sizes"`
	Type       string `json:"type"`
	Purpose    string `json:"purpose,omitempty"`
	FormFactor string `json:"form_factor,omitempty"`
	Label      string `json:"label,omitempty"`
}

// Manifest describes a version of the site to browsers that can install it, as JSON. Its addresses are relative to the site's root, where it lies.
// go-app's own has no screenshots, and opens at the first page.
func Manifest(version string) ([]byte, error) {
	files := relative{version}
	png := func(name, size string) picture {
		return picture{Src: files.Resolve("/web/" + name), Sizes: size, Type: "image/png"}
	}
	whole := png("icon-512.png", "512x512") // its drawing lies in the middle, on a ground that fills the square
	whole.Purpose = "any maskable"
	wide, narrow := png("screenshot-wide.png", "1280x800"), png("screenshot-narrow.png", "390x844")
	wide.FormFactor, narrow.FormFactor = "wide", "narrow"
	wide.Label, narrow.Label = "A net in training", "A net in training, on a phone"
	return json.Marshal(map[string]any{
		"name": name, "short_name": name, "description": description, "lang": "en", "dir": "ltr",
		"categories": []string{"education", "science"},
		"scope":      "./", "start_url": shell.Link(shell.Runs) + "?" + runs.Last, "display": "standalone",
		"background_color": ground, "theme_color": ground,
		"icons": []picture{
			png("icon-192.png", "192x192"), whole, {Src: files.Resolve("/web/icon.svg"), Sizes: "any", Type: "image/svg+xml"},
		},
		"screenshots": []picture{wide, narrow},
	})
}
