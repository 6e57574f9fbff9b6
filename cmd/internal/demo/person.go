package demo

// The invented applicant of My Page. Nobody is meant: the identity number is of the kind that is never given to a
// person, the phone number of the series that is kept for films, the mail domain one that cannot exist.

import (
	"fmt"
	"time"
)

type person struct {
	Given, Family string
	Number        string // personal identity number, with a correct check digit
	Case          string // case number, which is also the check number of the application
	Email, Phone  string
	Street, Town  string
}

func applicant() person {
	return person{
		Given: "Nadia", Family: "Karimova",
		Number: "19870412-9801",
		Case:   "20486173-27",
		Email:  "nadia.karimova@example.com", Phone: "070-174 06 05",
		Street: "Lindvägen 14, lgh 1103", Town: "123 45 Granby",
	}
}

// meeting is the time of the appointment that My Page begins with: 09.40 on the second Thursday after now.
func meeting(now time.Time) time.Time {
	days := int(time.Thursday-now.Weekday()+7)%7 + 7
	y, m, d := now.Date()
	return time.Date(y, m, d+days, 9, 40, 0, 0, now.Location())
}

// event is one row in the history of the case.
type event struct {
	Row  int
	Time time.Time
	What string
	Unit string
	Ref  string
	Kind string // received, sent or handled; chooses the mark in the table
}

// eventCount makes the table long enough to hurt: an engine that walks it on each change is noticed.
const eventCount = 200

// events is the history of the case, newest first. The same now gives the same rows.
func events(now time.Time, lang language) []event {
	kinds := []struct{ kind, en, sv string }{
		{"handled", "Case officer read the case", "Handläggaren läste ärendet"},
		{"sent", "Letter sent to the applicant", "Brev skickat till sökanden"},
		{"received", "Document received: copy of passport", "Handling inkommen: kopia av pass"},
		{"handled", "Application moved to another unit", "Ansökan flyttad till en annan enhet"},
		{"received", "Answer from the employer", "Svar från arbetsgivaren"},
		{"sent", "Question sent to the tax office", "Fråga skickad till skattekontoret"},
		{"handled", "Fee registered", "Avgift registrerad"},
		{"received", "Questionnaire from a family member", "Frågeformulär från en familjemedlem"},
		{"sent", "Confirmation of appointment sent", "Bekräftelse på tid skickad"},
		{"handled", "Identity checked at the counter", "Identitet kontrollerad vid disken"},
		{"received", "Call from the applicant", "Samtal från sökanden"},
	}
	units := []string{"Granby 2", "Norrvik 1", "Sundhamn 4", "Granby 5"}
	y, m, d := now.Date()
	list := make([]event, eventCount)
	for i := range list {
		k := kinds[(i*7+i/11)%len(kinds)]
		what := k.en
		if lang == swedish {
			what = k.sv
		}
		row := eventCount - i
		list[i] = event{
			Row: row, What: what, Kind: k.kind, Unit: units[(i*5+i/4)%len(units)],
			Time: time.Date(y, m, d-2-i*2, 8+(i*3)%8, (i*17)%60, 0, 0, time.UTC),
			Ref:  fmt.Sprintf("VV-%d-%03d", 2000+(row*37)%700, row),
		}
	}
	return list
}
