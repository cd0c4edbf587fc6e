package look

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/pad"
	"unpool/app/web"
	"unpool/core/protocol"
)

// ownPicture takes a picture file of the user's as an image for the net.
type ownPicture struct {
	shell *shell.Shell
	take  func(pixels []byte)

	failed string // why it could not be read; "" if it could
}

func (o *ownPicture) render(like *protocol.Maps) app.UI {
	return app.Span().Class("picker").Body(
		app.Input().ID("own-picture").Class("unseen").Type("file").Accept("image/*").OnChange(func(_ app.Context, e app.Event) {
			input := e.Get("target")
			file := input.Get("files").Index(0)
			input.Set("value", "") // so that the same file can be chosen again
			if file.Truthy() {
				o.read(file, like.Image, digits(like))
			}
		}, app.EventScope(like.Image.Height, like.Image.Channels, digits(like))),
		app.Label().Class("button").For("own-picture").Text("Open a picture"),
		app.Span().Class("problem").Role("alert").Hidden(o.failed == "").Text(o.failed),
	)
}

// read makes a file an image like another one.
func (o *ownPicture) read(file app.Value, like protocol.Picture, digit bool) {
	go func() {
		pixels, err := pixelsOf(file, like, digit)
		o.shell.Dispatch(func(app.Context) {
			o.failed = ""
			switch {
			case err != nil:
				o.failed = "The file cannot be read as a picture: " + err.Error() + ". Choose a PNG or JPEG file."
			case pixels == nil:
				o.failed = "The picture has the same brightness everywhere, so it shows no digit. Choose another."
			default:
				o.take(pixels)
			}
		})
	}()
}

// pixelsOf draws a picture in the size of another one. A digit is made as MNIST made its digits: light on dark, as large as they
// are and in the middle.
func pixelsOf(file app.Value, like protocol.Picture, digit bool) ([]byte, error) {
	if digit {
		drawn, err := web.Pixels(file, pad.Places, pad.Places, web.Whole)
		if err != nil {
			return nil, err
		}
		return pad.Digit(web.Gray(drawn)), nil
	}
	drawn, err := web.Pixels(file, like.Width, like.Height, web.Middle)
	if err != nil {
		return nil, err
	}
	if like.Channels == 1 {
		return web.Gray(drawn), nil
	}
	colours := make([]byte, 0, 3*len(drawn)/4)
	for i := 0; i < len(drawn); i += 4 {
		colours = append(colours, drawn[i:i+3]...)
	}
	return colours, nil
}
