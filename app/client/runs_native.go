//go:build !js

package client

import "unpool/core/store"

// OpenStore opens a store that is empty: natively the pages are rendered for those who have yet to load their program.
func OpenStore() (store.Changing, error) { return &store.Memory{}, nil }

// Site is nil for the same reason: there is nobody to ask.
func Site() OpenServer { return nil }
