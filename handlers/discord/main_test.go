package discord

import (
	"os"
	"testing"

	"cartwright/testservices"
)

func TestMain(m *testing.M) { os.Exit(testservices.Main(m)) }
