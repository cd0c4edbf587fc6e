package recipe

import "testing"

// Parts, sizes and colours of one data set are the same images; folders are others unless they are the same.
func TestRelated(t *testing.T) {
	for _, test := range []struct {
		a, b Dataset
		want bool
	}{
		{MNIST, MNIST, true}, {CIFAR10, CIFAR10RGB, true}, {CIFAR10Report, CIFAR10, true}, {MNIST, CIFAR10, false}, {MNIST, FashionMNIST, false},
		{Folder("pets"), Folder("pets"), true}, {Folder("pets"), Folder("cats"), false}, {Folder("pets"), MNIST, false}, {"", "", true},
	} {
		if a, b := test.a.Related(test.b), test.b.Related(test.a); a != test.want || b != test.want {
			t.Errorf("%q and %q: %t, %t, want %t", test.a, test.b, a, b, test.want)
		}
	}
}
