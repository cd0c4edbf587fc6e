package recipe

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"unpool/models/net"
)

// In place of a net, version 1 named an architecture, its units where it was recurrent, and no_dropout for a net without its
// dropout layers. This file alone knows what they mean, which is fixed: links, logs, checkpoints
// and sweeps say them.
const (
	archName      = "arch"
	noDropoutName = "no_dropout"
)

// The most units that version 1 took, and those of an architecture that takes the place of one without.
const (
	maxUnits1   = 1024
	firstUnits1 = 128
)

// archs are the architectures of version 1; a recurrent one lacks its units.
var archs = map[string]string{
	"rnn": "", "lstm": "", "gru": "",
	"lenet5": "conv 5x5x32 starter, relu, pool 2, conv 5x5x64 starter, relu, pool 2, dense 1024 starter, relu, logits starter",
	"bncnn": "conv 5x5x32 starter, relu, pool 2, batchnorm, conv 3x3x64 starter, relu, pool 2, batchnorm, dropout 0.5, " +
		"conv 3x3x64 starter, relu, pool 2, batchnorm, dense 256 starter, relu, batchnorm, dropout 0.5, logits starter",
	"vgg": "conv 3x3x32 nobias, batchnorm, relu, pool 2, conv 3x3x64 nobias, batchnorm, relu, conv 3x3x64 nobias, batchnorm, relu, pool 2, " +
		"conv 3x3x96 nobias, batchnorm, relu, conv 3x3x96 nobias, batchnorm, relu, mean, dropout 0.5",
	"vgg-wide": "conv 3x3x32 nobias, batchnorm, relu, pool 2, conv 3x3x64 nobias, batchnorm, relu, pool 2, conv 3x3x128 nobias, batchnorm, relu, " +
		"conv 3x3x128 nobias, batchnorm, relu, pool 2, conv 3x3x256 nobias, batchnorm, relu, mean, dropout 0.5",
}

// upgrade turns the fields of version 1 into those of version 2.
func upgrade(fields map[string]json.RawMessage) error {
	var arch string
	var units int
	var noDropout bool
	for name, to := range map[string]any{archName: &arch, unitsName: &units, noDropoutName: &noDropout} {
		if value, ok := fields[name]; ok && json.Unmarshal(value, to) != nil {
			return &FieldError{name, fmt.Sprintf("%.40s is not a valid value", value)}
		}
		delete(fields, name)
	}
	n, err := version1(arch, units)
	if err != nil {
		return err
	}
	if noDropout {
		rest := n.WithoutDropout()
		if len(rest) == len(n) {
			return &FieldError{noDropoutName, fmt.Sprintf("%q has no dropout; leave it out", arch)}
		}
		n = rest
	}
	text, err := json.Marshal(n.String())
	fields["net"] = text
	return err
}

// version1 returns the net of an architecture.
func version1(arch string, units int) (net.Net, error) {
	text, ok := archs[arch]
	switch {
	case !ok:
		return nil, &FieldError{archName, fmt.Sprintf("version 1 has no architecture called %.40q", arch)}
	case text != "" && units != 0:
		return nil, &FieldError{unitsName, fmt.Sprintf("only recurrent nets have units; leave it out for %q", arch)}
	case text == "" && (units < 1 || units > maxUnits1):
		return nil, &FieldError{unitsName, fmt.Sprintf("%d is outside 1 to %d", units, maxUnits1)}
	case text == "":
		text = fmt.Sprintf("%s %d", arch, units)
	}
	return net.Parse(text)
}

// changeVersion1 is how a sweep of version 1 changes a net: "arch" is that architecture with the same units, and "no_dropout"
// the net without its dropout layers.
func changeVersion1(n net.Net, name string, value json.RawMessage) (net.Net, error) {
	switch name {
	case archName:
		var arch string
		if json.Unmarshal(value, &arch) != nil {
			return nil, fmt.Errorf("%.40s is not a name", value)
		}
		units := 0
		if text, ok := archs[arch]; ok && text == "" {
			units = cmp.Or(firstUnits(n), firstUnits1)
		}
		changed, err := version1(arch, units)
		if field := (*FieldError)(nil); errors.As(err, &field) {
			err = errors.New(field.Problem)
		}
		return changed, err
	case noDropoutName:
		var without bool
		if json.Unmarshal(value, &without) != nil {
			return nil, fmt.Errorf("%.40s is not true or false", value)
		}
		if without {
			n = n.WithoutDropout()
		}
		return n, nil
	}
	return nil, errors.New("is not a setting of a run")
}
