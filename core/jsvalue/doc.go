// Package jsvalue is what Go programs in a browser need of JavaScript's values: to wait for a promise, and to make a Blob of what is
// written. It is for js/wasm only, and knows nothing of what the values are for.
package jsvalue
