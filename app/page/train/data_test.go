package train

import (
	"strings"
	"testing"

	"unpool/app/client"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/models"
)

// setTo is the page set to a net.
func setTo(t *testing.T, name string) *Page {
	t.Helper()
	p := newPage()
	p.pick(t, name)
	return p
}

func pets() *client.Said {
	return &client.Said{State: client.Ready, Data: protocol.Data{From: "pets.zip", Sets: []recipe.Dataset{recipe.Folder("pets.zip")},
		Classes: []string{"cat", "dog"}, Train: 40, Test: 12, Side: 40, Channels: 3,
		Reading: []string{"2 classes, 40 images to train on + 12 to test on: cat (20 + 6), dog (20 + 6).", "Warning: 1 picture is odd."}}}
}

func TestWhatTheDataRowSays(t *testing.T) {
	all := &client.Said{State: client.Ready, Data: protocol.Data{From: "cifar.tar.gz", Sets: []recipe.Dataset{recipe.CIFAR10, recipe.CIFAR10Report},
		Classes: []string{"airplane", "truck"}, Train: 50_000, Test: 10_000}}
	for _, c := range []struct {
		name, net string
		served    client.Served
		said      *client.Said
		want, not string
	}{
		{"MNIST", "mnist-rnn-128", nil, nil, "<b>MNIST</b>", "CIFAR-10 is not"},
		{"nothing heard from the server", "cifar-lenet5", nil, nil, "10\u202f000 images to train on", "not part of this site"},
		{"served", "cifar-lenet5", client.Served{{Name: recipe.CIFAR10Report, From: "course.zip"}}, nil, "from course.zip", "does not have"},
		{"missing", "cifar-lenet5", client.Served{{Name: recipe.CIFAR10Report, From: ""}}, nil, "go run ./cmd/serve data cifar10-report", "not part of this site"},
		{"a static site", "cifar-lenet5", client.Served{}, nil, "CIFAR-10 is not part of this site.", "go run"},
		{"own pictures", "cifar-lenet5", client.Served{}, pets(), ": 2 classes, 40 images to train on + 12 to test on: cat (20 + 6), dog (20 + 6).", "not part of this site"},
		{"what is odd about them", "cifar-lenet5", client.Served{}, pets(), "Warning: 1 picture is odd.", "not part of this site"},
		{"pictures that are not split", "cifar-lenet5", client.Served{}, &client.Said{State: client.Failed, Data: protocol.Data{From: "x.zip"},
			Failure: protocol.Error{Code: protocol.NoSplit, Message: "24 pictures", Hint: "Set"}}, "Set 20 % aside to test on", "go run"},
		{"own pictures for a recurrent net", "mnist-rnn-128", nil, pets(), "on pets.zip, read row by row", "course report "},
		{"all of CIFAR-10 dropped", "cifar10-vgg", client.Served{}, all, "50\u202f000 images", "not part of this site"},
		{"and its part", "cifar-bn", client.Served{}, all, "10\u202f000 images to train on and 1\u202f000", "not part of this site"},
		{"but no digits", "mnist-cnn", client.Served{}, all, "cifar.tar.gz has been read too: choose a net on CIFAR-10", "cannot"},
		{"a failure", "cifar-lenet5", nil, &client.Said{State: client.Failed, Data: protocol.Data{From: "x.zip"},
			Failure: protocol.Error{Message: "train/a: is empty\nmore", Hint: "Try."}},
			"cannot be used: train/a: is empty.", "is empty.."},
		{"a long reading", "cifar-lenet5", nil, &client.Said{State: client.Reading, Data: protocol.Data{From: "x.zip"},
			Progress: protocol.Progress{Done: 1200, Total: 60_000, Unit: "images"}},
			"Reading x.zip: 1\u202f200 of 60\u202f000 images", "images to train on"},
	} {
		p := setTo(t, c.net)
		p.serves(c.served...)
		if c.said != nil {
			p.Trainer.Data.Hear(*c.said)
		}
		html := p.html()
		if !strings.Contains(html, c.want) || strings.Contains(html, c.not) {
			t.Errorf("%s: the page does not say %q, or says %q", c.name, c.want, c.not)
		}
	}
}

// A checkpoint of a run on the user's own pictures sets the page to a net of its kind.
func TestOwnPicturesInACheckpoint(t *testing.T) {
	p := setTo(t, "mnist-rnn-128")
	cnn, err := models.Find("mnist-cnn")
	if err != nil {
		t.Fatal(err)
	}
	r := cnn.Recipe
	r.Dataset = recipe.Folder("pets.zip")
	p.take(r)
	chosen(t, p, cnn.Name)
	shows(t, p, "<b>MNIST</b>")
}

// On the user's own pictures the recipe is about those: their size, colours and classes, unless a setting asks for others.
func TestTheRecipeIsAboutOwnPictures(t *testing.T) {
	p := setTo(t, "cifar-lenet5")
	p.Trainer.Data.Hear(*pets())
	// 5x5x3x32 + 32, 5x5x32x64 + 64, 10x10x64x1024 + 1024, 1024x2 + 2.
	shows(t, p, "Trains a net of 6\u202f610\u202f370 parameters on the pictures of pets.zip")
	p.write("size", "64")
	p.write("colour", "gray")
	// 5x5x32 + 32, 5x5x32x64 + 64, 16x16x64x1024 + 1024, 1024x2 + 2.
	shows(t, p, "Trains a net of 16\u202f832\u202f386 parameters")
	p.write("net", "conv 31x31x2 valid") // for which 28 pixels are too few
	if strings.Contains(p.html(), invalid) {
		t.Error("a net that fits these pictures is refused")
	}
	p.putAside()
	p.write("size", "0")
	shows(t, p, invalid)
}

// Files of a data set that no net of the menu is on make the page one about it, with the net that it has.
func TestFashionIsTakenUp(t *testing.T) {
	p := setTo(t, "mnist-cnn")
	p.Trainer.Data.Hear(client.Said{State: client.Ready, Data: protocol.Data{From: "fashion", Sets: []recipe.Dataset{recipe.FashionMNIST},
		Classes: []string{"T-shirt", "trouser"}, Train: 60_000, Test: 10_000, Side: 28, Channels: 1}})
	shows(t, p, "Fashion-MNIST, from fashion", "(Fashion-MNIST) in this tab")
	if strings.Contains(p.html(), invalid) {
		t.Error("the page cannot train on it")
	}
}

// Whatever is set while the user's own pictures are used, the page keeps the net of the menu and its data set beside them.
func TestASettingBesideOwnPictures(t *testing.T) {
	p := setTo(t, "mnist-cnn")
	p.Trainer.Data.Hear(*pets())
	p.write("batch", "64")
	chosen(t, p, "mnist-cnn")
	html := p.html()
	for _, want := range []string{"Use MNIST instead", "Trains a net of 6\u202f610\u202f370 parameters on the pictures of pets.zip"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	p.putAside()
	if html := p.html(); !strings.Contains(html, "<b>MNIST</b>") {
		t.Error("put aside, the pictures leave no data set")
	}
}

// Images of another size make another net: its parameters are counted, and nothing is said of the baseline.
func TestAnotherSizeIsAnotherNet(t *testing.T) {
	p := setTo(t, "mnist-cnn")
	const about = "On the course report’s numbers: "
	shows(t, p, about)
	p.write("size", "64")
	shows(t, p, "Trains a net of 16\u202f840\u202f586 parameters")
	if strings.Contains(p.html(), about) {
		t.Error("the page speaks of the baseline of another net")
	}
}

// An invalid text in the builder keeps the page from training, as in any setting.
func TestABuilderFieldThatCannotBeRead(t *testing.T) {
	p := setTo(t, "mnist-cnn")
	p.unfold(foldSettings)
	p.build("maps", "many")
	shows(t, p, invalid, "needs a whole number")
}
