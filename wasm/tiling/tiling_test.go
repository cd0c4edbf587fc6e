package tiling

import "testing"

// Tiles follow each other without gaps, none larger than allowed, and differ by one row at most.
func TestRows(t *testing.T) {
	for n := 1; n <= 40; n++ {
		for most := 1; most <= 8; most++ {
			tiles := Rows(n, most)
			row := 0
			for i := range tiles.Count {
				size := tiles.Rows
				if i >= tiles.Large {
					size--
				}
				if tiles.First(i) != row || size < 1 || size > most {
					t.Fatalf("%d rows by %d: %+v: tile %d begins at %d, want %d, and has %d rows", n, most, tiles, i, tiles.First(i), row, size)
				}
				row += size
			}
			if row != n || tiles.First(tiles.Count) != n || tiles.Count != (n+most-1)/most {
				t.Errorf("%d rows by %d: %+v has %d rows", n, most, tiles, row)
			}
		}
	}
}

func TestBlocks(t *testing.T) {
	for n := 1; n <= 40; n++ {
		for most := 1; most <= 8; most++ {
			count, length, last := Blocks(n, most)
			if (count-1)*length+last != n || length > most || last < 1 || last > length {
				t.Errorf("%d by %d: %d blocks of %d, the last of %d", n, most, count, length, last)
			}
		}
	}
}

// Of an image that lies behind all windows nothing is used, neither rows nor columns.
func TestFrameOfPaddingAlone(t *testing.T) {
	for _, at := range [][2]int{{5, 0}, {0, 5}, {5, 5}, {3, 3}} {
		if fr := NewFrame(3, 3, 2, 2, 2, 2, 2, 1, 1, at[0], at[1]); fr.RowsUsed != 0 || fr.ColsUsed != 0 {
			t.Errorf("behind %v of padding: %+v", at, fr)
		}
	}
}
