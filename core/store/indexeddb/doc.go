// Package indexeddb keeps runs in the browser: logs in IndexedDB, artifacts as files of the origin's private file system where it has
// one, else in IndexedDB too. Page and worker open it side by side, and so may other tabs.
//
// It is for js/wasm only. It does not know what a page shows, nor how training works.
package indexeddb
