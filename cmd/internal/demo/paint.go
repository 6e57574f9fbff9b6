//go:build ignore

// The painter of the demo agency's two raster images. Run it from the repository's root when a colour changes:
//
//	go run cmd/internal/demo/paint.go web/demo/images
package main

import (
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"log"
	"math"
	"os"
	"path/filepath"
)

// rough is how many samples an edge gets in each direction.
const rough = 3

type colour struct{ r, g, b float64 }

func hex(v uint32) colour {
	return colour{float64(v >> 16), float64(v >> 8 & 255), float64(v & 255)}
}

func mix(a, b colour, t float64) colour {
	t = math.Max(0, math.Min(1, t))
	return colour{a.r + (b.r-a.r)*t, a.g + (b.g-a.g)*t, a.b + (b.b-a.b)*t}
}

// paint samples at over a picture of w by h, and smooths its edges.
func paint(w, h int, at func(x, y float64) colour) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			var sum colour
			for i := range rough * rough {
				c := at(float64(x)+(float64(i%rough)+.5)/rough, float64(y)+(float64(i/rough)+.5)/rough)
				sum.r, sum.g, sum.b = sum.r+c.r, sum.g+c.g, sum.b+c.b
			}
			n := float64(rough * rough)
			img.SetRGBA(x, y, color.RGBA{uint8(sum.r/n + .5), uint8(sum.g/n + .5), uint8(sum.b/n + .5), 255})
		}
	}
	return img
}

// landscape is a morning: a sun behind hills, a belt of firs, a lake that mirrors the light.
func landscape(x, y float64) colour {
	const shore = 432
	wave := func(base, height, length, phase float64) float64 {
		return base - height*(math.Sin(x/length+phase)+.4*math.Sin(x/length*2.3+phase*1.7))
	}
	sun := math.Hypot(x-1040, y-236)
	if y > shore {
		c := mix(hex(0xbcd6d6), hex(0x2f6f6c), (y-shore)/150)
		band := math.Sin(y*.55+3*math.Sin(x/90)) + math.Sin(y*.21+x/160)
		if width := 46 + (y-shore)*.55; math.Abs(x-1040) < width && band > -.2 {
			c = mix(c, hex(0xfbe3a4), .75*(1-math.Abs(x-1040)/width))
		}
		return c
	}
	for i := range 104 {
		at := float64(i)*14.1 + 6*math.Sin(float64(i)*2.4)
		tall := 34 + 18*math.Sin(float64(i)*1.9) + 14*math.Sin(float64(i)*.37)
		if x > at-16 && x < at+16 && y > shore-tall-4 {
			layer := math.Mod(y-(shore-tall), 13)
			if up := y - (shore - tall); up > 0 && math.Abs(x-at) < up*.13+layer*.32 {
				return hex(0x0a3534)
			}
		}
	}
	switch {
	case y > wave(418, 12, 120, 1):
		return hex(0x0f4c4a)
	case y > wave(372, 26, 190, 2.2):
		return mix(hex(0x33756f), hex(0x1d5c58), (y-330)/90)
	case y > wave(316, 34, 260, 4.1):
		return mix(hex(0x6fa39b), hex(0x4a8a82), (y-270)/110)
	case y > wave(262, 30, 340, .4):
		return mix(hex(0xabc9c1), hex(0x86b3aa), (y-215)/110)
	case sun < 62:
		return hex(0xf6c453)
	}
	sky := mix(hex(0xd3e6ea), hex(0xfdf1d4), y/300)
	return mix(hex(0xfbe3a4), sky, (sun-62)/190)
}

// office is a low house: tall windows, a red door, a tree, and no step.
func office(x, y float64) colour {
	in := func(l, t, r, b float64) bool { return x >= l && x < r && y >= t && y < b }
	switch {
	case y >= 308 && in(396, 308, 484, 360):
		return hex(0xd9d3c3)
	case y >= 308:
		return mix(hex(0x9dbb9a), hex(0x7fa583), (y-308)/52)
	case math.Hypot((x-566)*1.15, y-120) < 62+4*math.Sin(math.Atan2(y-120, x-566)*9):
		return mix(hex(0x8fbf8a), hex(0x5f9a6c), (y-60)/120)
	case math.Abs(x-566-3*math.Sin(y/30)) < 5 && y > 120:
		return hex(0x6d5f52)
	case in(60, 108, 520, 126) || in(420, 196, 462, 200):
		return hex(0x0a3534)
	case in(418, 200, 464, 308):
		if math.Hypot(x-457, y-258) < 3 {
			return hex(0xf6c453)
		}
		return mix(hex(0xb8352c), hex(0x9a2a23), (x-418)/46)
	case in(74, 126, 506, 308):
		if x < 404 && math.Mod(x-74, 66) > 14 && math.Mod(x-74, 66) < 54 && y > 152 && y < 276 {
			if math.Abs(math.Mod(x-74, 66)-34) < 1.5 || math.Abs(y-204) < 1.5 {
				return hex(0xf8f5ee)
			}
			return mix(hex(0xfbe3a4), hex(0xa9cdd3), (x+y-260)/300)
		}
		if y > 294 {
			return hex(0xb9b09b)
		}
		return mix(hex(0xf3e8d0), hex(0xe6d8ba), (y-126)/180)
	}
	return mix(hex(0xcfe3e8), hex(0xf4efe2), y/300)
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("expected one argument: the folder for the images")
	}
	save := func(name string, write func(*os.File) error) {
		f, err := os.Create(filepath.Join(os.Args[1], name))
		if err == nil {
			err = write(f)
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	save("landscape.jpg", func(f *os.File) error {
		return jpeg.Encode(f, paint(1440, 560, landscape), &jpeg.Options{Quality: 80})
	})
	save("office.png", func(f *os.File) error {
		return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, paint(640, 360, office))
	})
}
