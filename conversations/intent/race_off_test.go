//go:build !race

package intent_test

const slack = 1
