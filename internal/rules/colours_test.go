package rules

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"unpool/core/labelmap"
)

// rgb is a colour in linear light.
type rgb [3]float64

// seen is how those see a colour to whom one kind of cone is missing: at severity 1 in Machado, Oliveira and Fernandes, "A Physiologically-based
// Model for Simulation of Color Vision Deficiency" (2009).
var seen = map[string][3]rgb{
	"all cones":    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func times(m [3]rgb, c rgb) (to rgb) {
	for i, row := range m {
		to[i] = row[0]*c[0] + row[1]*c[1] + row[2]*c[2]
	}
	return to
}

// oklab are the coordinates of a colour in which distances are as they are seen: https://bottosson.github.io/posts/oklab/.
func oklab(c rgb) rgb {
	lms := times([3]rgb{
		{0.4122214708, 0.5363325363, 0.0514459929}, {0.2119034982, 0.6806995451, 0.1073969566}, {0.0883024619, 0.2817188376, 0.6299787005},
	}, c)
	for i := range lms {
		lms[i] = math.Cbrt(lms[i])
	}
	return times([3]rgb{
		{0.2104542553, 0.7936177850, -0.0040720468}, {1.9779984951, -2.4285922050, 0.4505937099}, {0.0259040371, 0.7827717662, -0.8086757660},
	}, lms)
}

// apart is the distance of two colours for those who see with certain cones. Black and white are 1 apart, and what can just be told apart about 0.02.
func apart(cones [3]rgb, a, b rgb) float64 {
	see := func(c rgb) rgb {
		c = times(cones, c)
		for i := range c {
			c[i] = min(max(c[i], 0), 1)
		}
		return oklab(c)
	}
	p, q := see(a), see(b)
	return math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2])
}

var (
	custom = regexp.MustCompile(`--([a-z0-9-]+): light-dark\(((?:rgb\([^)]*\)|[^,])*), ((?:rgb\([^)]*\)|[^,)])*)\)`)
	number = regexp.MustCompile(`[0-9]+`)
)

// tokens are the colours of the style sheet: light, and dark.
func tokens(t *testing.T) map[string][2]rgb {
	t.Helper()
	sheet, err := os.ReadFile(filepath.Join("..", "..", "public", "css", "tokens.css"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][2]rgb{}
	for _, m := range custom.FindAllStringSubmatch(string(sheet), -1) {
		all[m[1]] = [2]rgb{linear(t, m[2]), linear(t, m[3])}
	}
	return all
}

// linear reads #rrggbb or rgb(r g b).
func linear(t *testing.T, text string) (c rgb) {
	t.Helper()
	parts, base := number.FindAllString(text, -1), 10
	if hex, ok := strings.CutPrefix(text, "#"); ok && len(hex) == 6 {
		parts, base = []string{hex[:2], hex[2:4], hex[4:]}, 16
	}
	if len(parts) != 3 {
		t.Fatalf("%q is no colour", text)
	}
	for i, part := range parts {
		v, err := strconv.ParseUint(part, base, 8)
		if err != nil {
			t.Fatal(err)
		}
		if c[i] = float64(v) / 255; c[i] <= 0.04045 {
			c[i] /= 12.92
		} else {
			c[i] = math.Pow((c[i]+0.055)/1.055, 2.4)
		}
	}
	return c
}

// The colours that stand beside each other in a picture can be told apart, light and dark, whatever cones one sees with. Where all of a palette may
// meet, each pair is compared, else each with its neighbour.
func TestColoursAreTellable(t *testing.T) {
	all := tokens(t)
	for _, palette := range []struct {
		name   string
		tokens string
		meet   bool // any two
		least  float64
	}{
		{"the curves of one run", "blue vermilion green purple", true, 0.06},
		{"the curves of many runs", "blue vermilion green purple orange sky yellow black", false, 0.06},
		{"a sweep's bins", "bin0 bin1 bin2 bin3 bin4 bin5", false, 0.04},
		{"signed values", "low zero high", true, 0.2},
		{"what can be pressed, text and failures", "accent ink wrong", true, 0.06},
	} {
		names := strings.Fields(palette.tokens)
		for cones, m := range seen {
			for at, a := range names {
				for before, b := range names[:at] {
					if !palette.meet && at-before > 1 {
						continue
					}
					for i, theme := range []string{"light", "dark"} {
						if all[a] == all[b] {
							t.Fatalf("%s and %s are no two colours of the style sheet", a, b)
						}
						if d := apart(m, all[a][i], all[b][i]); d < palette.least {
							t.Errorf("%s, %s, %s: %s and %s are %.3f apart, want %.2f", palette.name, theme, cones, a, b, d, palette.least)
						}
					}
				}
			}
		}
	}
}

// Any two classes can meet in a map of answers.
func TestClassColoursAreTellable(t *testing.T) {
	for cones, m := range seen {
		for at, a := range labelmap.Colors {
			for _, b := range labelmap.Colors[:at] {
				if d := apart(m, linear(t, a), linear(t, b)); d < 0.06 {
					t.Errorf("%s: %s and %s are %.3f apart", cones, a, b, d)
				}
			}
		}
	}
}
