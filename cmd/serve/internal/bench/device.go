package bench

import (
	"context"
	"fmt"
	"time"

	"unpool/core/run"
	"unpool/core/train"
)

// DeviceRow is what was measured of one net on a device that a library drives.
type DeviceRow struct {
	Model     string    `json:"model"`
	Recipe    string    `json:"recipe"`
	Where     run.Where `json:"where"`
	MsPerStep float64   `json:"ms_per_step"` // median
	HostMs    float64   `json:"host_ms"`     // of a step, mean: what is not the device's computation
	Images    float64   `json:"images_per_second"`
	Waits     float64   `json:"waits"`      // share of the time in which the device waits for the host
	CompileMs float64   `json:"compile_ms"` // graph and compiling
	FirstMs   float64   `json:"first_ms"`   // the first step
}

// DeviceHeader and Line print rows as a table.
const DeviceHeader = "model  recipe           ms/step  images/s  of it host  device waits   compile  first step  device\n"

// Line is the row as a line of the table.
func (r DeviceRow) Line() string {
	return fmt.Sprintf("%-5s  %-14s  %8.2f  %8.0f  %7.2f ms  %10.1f %%  %5.0f ms  %7.1f ms  %s: %s\n", r.Model, r.Recipe, r.MsPerStep, r.Images,
		r.HostMs, 100*r.Waits, r.CompileMs, r.FirstMs, r.Where.Backend, r.Where.Tier)
}

// Devices times every net on the backend of o, and hands each row on.
func Devices(ctx context.Context, o train.Options, steps int, emit func(DeviceRow) error) error {
	for _, m := range Models() {
		r, err := device(ctx, m, o, steps)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Entry, err)
		}
		if err := emit(r); err != nil {
			return err
		}
	}
	return nil
}

func device(ctx context.Context, m Model, o train.Options, steps int) (DeviceRow, error) {
	watch := &meter{Backend: o.Backend}
	o.Backend, o.Recipe, o.Data = watch, m.Recipe, noise(m.Recipe.Dataset, m.Recipe.Batch)
	o.Recipe.Steps = 1 + steps
	var first time.Duration // of the first step's computation
	t, err := train.Measure(ctx, o, steps, func() error {
		if first == 0 {
			first = watch.ran
		}
		return nil
	})
	if err != nil {
		return DeviceRow{}, err
	}
	var all float64
	for _, d := range t.Steps {
		all += ms(d)
	}
	host := (all - ms(watch.ran-first)) / float64(steps)
	step := ms(median(t.Steps))
	return DeviceRow{
		Model: m.Name, Recipe: m.Entry, Where: o.Where, MsPerStep: step, Images: 1000 * float64(m.Recipe.Batch) / step,
		HostMs: host, Waits: host * float64(steps) / all, CompileMs: ms(t.Compile), FirstMs: ms(t.First),
	}, nil
}
