//go:build race

package main

// raceDetector: everything takes some five times as long.
const raceDetector = true
