package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Only what the file still has is given back: nothing that is written to, shared or no file's,
// and nothing of which a page was changed before it could not be written any more.
func TestMemoryOfFilesAloneIsGivenBack(t *testing.T) {
	const smaps = `00400000-02a3c000 r-xp 00000000 08:01 1311 /srv/the bot
Size:              36080 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
02a3c000-047b1000 r--p 0263c000 08:01 1311 /srv/the bot
Anonymous:             0 kB
047b1000-04889000 rw-p 043b1000 08:01 1311 /srv/the bot
Anonymous:             0 kB
04889000-04890000 r--p 043b1000 08:01 1311 /srv/relocated
Anonymous:             8 kB
c000000000-c002800000 r--p 00000000 00:00 0 
Anonymous:             0 kB
7f0000000000-7f0000008000 r--s 00000000 08:01 1312 /srv/bot.db-shm
Anonymous:             0 kB
7ffc00000000-7ffc00004000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
`
	got, err := unchangedMaps(strings.NewReader(smaps))
	want := []mapped{{0x400000, 0x2a3c000}, {0x2a3c000, 0x47b1000}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(mapped{})); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
