package web

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Bytes reads a File. It blocks.
func Bytes(file app.Value) ([]byte, error) {
	buffer, err := Settled(func(done, failed app.Func) { file.Call("arrayBuffer").Call("then", done, failed) })
	if err != nil {
		return nil, err
	}
	array := app.Window().Get("Uint8Array").New(buffer)
	b := make([]byte, array.Length())
	app.CopyBytesToGo(b, array)
	return b, nil
}

// DownloadBytes passes bytes to the browser as a file to save.
func DownloadBytes(name, mime string, b []byte) {
	Save(app.Window().Get("Blob").New([]any{array(b)}, map[string]any{"type": mime}), name)
}

// array copies bytes into a Uint8Array.
func array(b []byte) app.Value {
	a := app.Window().Get("Uint8Array").New(len(b))
	app.CopyBytesToJS(a, b)
	return a
}

// Listed are the files of an input or a drop, which are gone when that is over.
func Listed(files app.Value) (all []app.Value) {
	for i := range files.Length() {
		all = append(all, files.Index(i))
	}
	return all
}
