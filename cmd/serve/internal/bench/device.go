package bench

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"

	"unpool/core/event"
	"unpool/core/train"
)

// DeviceRow is what was measured of one net on a device that a library drives.
type DeviceRow struct {
	Model     string      `json:"model"`
	Recipe    string      `json:"recipe"`
	Where     event.Where `json:"where"`
	MsPerStep float64     `json:"ms_per_step"` // median
	HostMs    float64     `json:"host_ms"`     // of a step, mean: what is not the device's computation
	Images    float64     `json:"images_per_second"`
	Waits     float64     `json:"waits"`      // share of the time in which the device waits for the host
	CompileMs float64     `json:"compile_ms"` // graph and compiling
	FirstMs   float64     `json:"first_ms"`   // the first step
}

// DeviceHeader and Line print rows as a table.
const DeviceHeader = "model  recipe           ms/step  images/s  of it host  device waits   compile  first step  device\n"

// Line is the row as a line of the table.
func (r DeviceRow) Line() string {
	return fmt.Sprintf("%-5s  %-14s  %8.2f  %8.0f  %7.2f ms  %10.1f %%  %5.0f ms  %7.1f ms  %s: %s\n", r.Model, r.Recipe, r.MsPerStep, r.Images,
		r.HostMs, 100*r.Waits, r.CompileMs, r.FirstMs, r.Where.Backend, r.Where.Tier)
}

// Devices times every net on an open backend, and hands each row on.
func Devices(ctx context.Context, b compute.Backend, where event.Where, accelerator bool, steps int, emit func(DeviceRow) error) error {
	for _, m := range Models() {
		r, err := device(ctx, m, b, where, accelerator, steps)
		if err != nil {
			return err
		}
		if err := emit(r); err != nil {
			return err
		}
	}
	return nil
}

func device(ctx context.Context, m Model, b compute.Backend, where event.Where, accelerator bool, steps int) (DeviceRow, error) {
	watch := &meter{Backend: b}
	pause := func() error { watch.ran = 0; return nil }
	t, err := train.Measure(ctx, train.Options{
		Backend: watch, Where: where, Accelerator: accelerator, Recipe: m.Recipe, Data: noise(m.Recipe.Batch),
	}, steps, once(pause))
	if err != nil {
		return DeviceRow{}, fmt.Errorf("%s: %w", m.Entry, err)
	}
	var all float64
	for _, d := range t.Steps {
		all += ms(d)
	}
	host := (all - ms(watch.ran)) / float64(len(t.Steps))
	step := ms(median(t.Steps))
	return DeviceRow{
		Model: m.Name, Recipe: m.Entry, Where: where, MsPerStep: step, Images: 1000 * float64(m.Recipe.Batch) / step,
		HostMs: host, Waits: host * float64(len(t.Steps)) / all, CompileMs: ms(t.Compile), FirstMs: ms(t.First),
	}, nil
}

// once returns a function that calls f the first time only: after the first step, which is not counted.
func once(f func() error) func() error {
	return func() error {
		if f == nil {
			return nil
		}
		first := f
		f = nil
		return first()
	}
}
