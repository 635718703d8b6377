// Prints what Go's time package makes of random layouts, values, zones and durations: one case a line, fields in hex.
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"time"
)

var elements = []string{
	"January", "Jan", "1", "01", "Monday", "Mon", "2", "_2", "02", "__2", "002", "15", "3", "03", "4", "04", "5", "05",
	"2006", "06", "PM", "pm", "MST", "-0700", "-07:00", "-07", "-070000", "-07:00:00", "Z0700", "Z07:00", "Z07",
	"Z070000", "Z07:00:00", ".000", ".999", ",000000", ".999999999", ".0000000000", " ", "-", "/", ":", "T", "x", "_", "0", "é",
}

var common = []string{
	time.Layout, time.ANSIC, time.UnixDate, time.RubyDate, time.RFC822, time.RFC822Z, time.RFC850, time.RFC1123,
	time.RFC1123Z, time.RFC3339, time.RFC3339Nano, time.Kitchen, time.Stamp, time.StampMilli, time.DateTime, time.DateOnly,
	"2006-01-02 15:04:05.999999999 -0700 MST", "20060102150405", "02/01/2006",
}

var zones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "America/Sao_Paulo", "Africa/Casablanca",
	"Pacific/Apia", "Europe/Dublin", "Asia/Tehran", "Antarctica/Troll", "America/St_Johns", "Etc/GMT+5", "Asia/Pyongyang",
}

func layout(r *rand.Rand) string {
	if r.Intn(2) == 0 {
		return common[r.Intn(len(common))]
	}
	var b strings.Builder
	for range 1 + r.Intn(7) {
		b.WriteString(elements[r.Intn(len(elements))])
	}
	return b.String()
}

func seconds(r *rand.Rand) int64 {
	switch r.Intn(8) {
	case 0:
		return r.Int63() - r.Int63()
	case 1:
		return int64(r.Intn(400_000_000_000)) - 200_000_000_000
	case 2:
		return int64(r.Intn(86400 * 2))
	default:
		return int64(r.Intn(5_000_000_000)) - 1_000_000_000
	}
}

func mutate(r *rand.Rand, text string) string {
	bytes := []byte(text)
	for range r.Intn(3) {
		if len(bytes) == 0 {
			break
		}
		at := r.Intn(len(bytes))
		switch r.Intn(4) {
		case 0:
			bytes[at] = byte('0' + r.Intn(10))
		case 1:
			bytes[at] = " -+:.,ZTax\xff\x01"[r.Intn(12)]
		case 2:
			bytes = append(bytes[:at], bytes[at+1:]...)
		default:
			bytes = append(bytes[:at], append([]byte{"0123456789 ZU+-."[r.Intn(16)]}, bytes[at:]...)...)
		}
	}
	return string(bytes)
}

func duration(r *rand.Rand) string {
	var b strings.Builder
	if r.Intn(4) == 0 {
		b.WriteString([]string{"-", "+"}[r.Intn(2)])
	}
	units := []string{"ns", "us", "µs", "μs", "ms", "s", "m", "h", "d", "", "\"", "S"}
	for range r.Intn(4) {
		switch r.Intn(5) {
		case 0:
			b.WriteString(strconv.FormatUint(r.Uint64()>>r.Intn(64), 10))
		case 1:
			fmt.Fprintf(&b, "%d.%d", r.Intn(100), r.Int63()>>r.Intn(63))
		case 2:
			fmt.Fprintf(&b, ".%d", r.Intn(1000))
		default:
			b.WriteString(strconv.Itoa(r.Intn(200)))
		}
		b.WriteString(units[min(r.Intn(14), 11)])
	}
	return b.String()
}

func main() {
	count, _ := strconv.Atoi(os.Args[1])
	seed, _ := strconv.ParseInt(os.Args[2], 10, 64)
	r := rand.New(rand.NewSource(seed))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	emit := func(fields ...string) {
		for i, field := range fields {
			if i > 0 {
				out.WriteByte(' ')
			}
			out.WriteString("x" + hex.EncodeToString([]byte(field)))
		}
		out.WriteByte('\n')
	}
	for range count {
		zone := zones[r.Intn(len(zones))]
		location, err := time.LoadLocation(zone)
		if err != nil {
			panic(err)
		}
		moment := time.Unix(seconds(r), int64([]int{0, 500_000_000, r.Intn(1_000_000_000)}[r.Intn(3)])).In(location)
		form := layout(r)
		text := moment.Format(form)
		emit("format", zone, strconv.FormatInt(moment.Unix(), 10), strconv.Itoa(moment.Nanosecond()), form, text, moment.String())

		value := mutate(r, text)
		parsed, err := time.ParseInLocation(form, value, location)
		if err != nil {
			emit("parse", zone, form, value, "error", err.Error())
		} else {
			emit("parse", zone, form, value, "ok", parsed.String())
		}

		years, months, days := r.Intn(9)-4, r.Intn(40)-20, r.Intn(80)-40
		other := []time.Duration{time.Second, time.Hour, 24 * time.Hour, 7, 1500 * time.Millisecond, time.Duration(r.Int63n(1 << 50))}[r.Intn(6)]
		small := time.Unix(int64(r.Intn(5_000_000_000))-1_000_000_000, int64(r.Intn(1_000_000_000))).In(location)
		json, err := small.MarshalJSON()
		if err != nil {
			json = []byte(err.Error())
		}
		emit("arithmetic", zone, strconv.FormatInt(small.Unix(), 10), strconv.Itoa(small.Nanosecond()), strconv.FormatInt(int64(other), 10),
			fmt.Sprint(years, " ", months, " ", days),
			small.AddDate(years, months, days).String(), small.Round(other).String(), small.Truncate(other).String(),
			small.Add(other).String(), small.Sub(moment).String(), strconv.FormatInt(moment.Unix(), 10), strconv.Itoa(moment.Nanosecond()), string(json))

		span := duration(r)
		parsedSpan, err := time.ParseDuration(span)
		if err != nil {
			emit("duration", span, "error", err.Error())
		} else {
			unit := time.Duration(r.Int63() >> r.Intn(63))
			emit("duration", span, "ok", parsedSpan.String(), strconv.FormatInt(int64(unit), 10), parsedSpan.Round(unit).String(),
				parsedSpan.Truncate(unit).String(), fmt.Sprint(parsedSpan.Hours()), fmt.Sprint(parsedSpan.Seconds()))
		}
	}
}
