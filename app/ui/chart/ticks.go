package chart

import (
	"math"
	"strconv"
	"time"

	"unpool/core/number"
)

// tick is a place on an axis with its label.
type tick struct {
	at    float64
	label string
}

// timeSteps are the round parts of a day, in seconds.
var timeSteps = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, day}

const day = 24 * 3600.0

// niceTime returns the smallest round time that is at least x seconds.
func niceTime(x float64) float64 {
	if x < 1 {
		return niceStep(x)
	}
	for _, step := range timeSteps {
		if step >= x*(1-1e-9) {
			return step
		}
	}
	return day * niceStep(x/day)
}

// timeUnit is the unit in which so many seconds are written.
func timeUnit(seconds float64) (name string, size float64) {
	switch {
	case seconds <= 120:
		return "s", 1
	case seconds <= 2*3600:
		return "min", 60
	case seconds <= 2*day:
		return "h", 3600
	}
	return "days", day
}

// elapsedTicks are about n round times since the beginning.
func (s Scale) elapsedTicks(n int) (ticks []tick) {
	_, unit := timeUnit(s.Max)
	values := s.multiples(niceTime((s.Max - s.Min) / float64(n)))
	if s.Log {
		values = nil
		for _, v := range (Scale{Min: s.Min / unit, Max: s.Max / unit, Log: true}).Ticks(n) {
			values = append(values, v*unit)
		}
	}
	for _, v := range values {
		ticks = append(ticks, tick{v, plain(v / unit)})
	}
	return ticks
}

// clockTicks are about n round times of the day. Where a new day begins, its date is shown.
func (s Scale) clockTicks(n int, zone *time.Location) (ticks []tick) {
	step := niceTime((s.Max - s.Min) / float64(n))
	if step == 0 {
		step = 1
	}
	_, offset := clock(s.Min, zone).Zone() // days and hours begin where they do there
	local := Scale{Min: s.Min + float64(offset), Max: s.Max + float64(offset)}
	for _, v := range local.multiples(step) {
		at := v - float64(offset)
		layout := "15:04"
		switch {
		case math.Mod(v, day) == 0:
			layout = "2 Jan"
		case step < 60:
			layout = "15:04:05"
		}
		ticks = append(ticks, tick{at, clock(at, zone).Format(layout)})
	}
	return ticks
}

func clock(seconds float64, zone *time.Location) time.Time {
	return time.UnixMilli(int64(math.Round(1000 * seconds))).In(zone)
}

// ticks are about n round places on the X axis, labelled.
func (x xAxis) ticks(n int) (ticks []tick) {
	switch x.of {
	case Elapsed:
		return x.elapsedTicks(n)
	case Clock:
		return x.clockTicks(n, x.zone)
	}
	places := x.Ticks(n)
	if end := x.whole.To; x.name == "" && !x.Log && x.Max == end && len(places) > 1 { // where the run ends
		apart := places[1] - places[0]
		for len(places) > 1 && end-places[len(places)-1] < 0.7*apart {
			places = places[:len(places)-1]
		}
		places = append(places, end)
	}
	for _, at := range places {
		label := number.Round(at)
		if at != math.Trunc(at) {
			label = plain(at)
		}
		ticks = append(ticks, tick{at, label})
	}
	return ticks
}

// valueTicks are about n round values in a unit, labelled with as many digits as they need.
func (s Scale) valueTicks(n int, unit Unit) (ticks []tick) {
	values := s.Ticks(n)
	for i, y := range values {
		times, sign := 1.0, ""
		if unit == Share {
			times, sign = 100, number.Thin+"%"
		}
		label := plain(times * y)
		if !s.Log && len(values) > 1 {
			apart := values[max(i, 1)] - values[max(i, 1)-1]
			label = strconv.FormatFloat(times*y, 'f', decimals(niceStep(times*apart*(1-1e-6))), 64)
		}
		ticks = append(ticks, tick{y, label + sign})
	}
	return ticks
}
