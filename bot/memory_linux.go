package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// releaseStart gives back what was read of the program's own file to start it: half of what
// an idle bot would hold is code and tables that only the start needed. What is needed again
// is read again, by the page.
func releaseStart() error {
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return fmt.Errorf("what is mapped: %w", err)
	}
	defer maps.Close() //nolint:errcheck // it was only read
	unchanged, err := unchangedMaps(maps)
	if err != nil {
		return fmt.Errorf("what is mapped: %w", err)
	}
	for _, m := range unchanged {
		if _, _, errno := unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_DONTNEED); errno != 0 {
			return fmt.Errorf("give back what is mapped: %w", errno)
		}
	}
	return nil
}

// mapped is from the first address to the one after the last.
type mapped struct{ from, to uintptr }

// unchangedMaps are those of files that cannot be written and of which no page was changed
// before, by smaps of proc_pid_smaps(5): the file has all that is in them.
func unchangedMaps(smaps io.Reader) (all []mapped, err error) {
	var last mapped
	eligible := false
	lines := bufio.NewScanner(smaps)
	for lines.Scan() {
		var m mapped
		var may, offset, device, file string
		var inode uint64
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x %s %s %s %d %s", &m.from, &m.to, &may, &offset, &device, &inode, &file); n >= 6 {
			last, eligible = m, strings.HasPrefix(may, "r-") && strings.HasSuffix(may, "p") && inode != 0
			continue
		}
		if anonymous, ok := strings.CutPrefix(lines.Text(), "Anonymous:"); ok && eligible && strings.TrimSpace(anonymous) == "0 kB" {
			all = append(all, last)
		}
	}
	return all, lines.Err()
}
