package window

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"time"
)

// zones is the time zone database of the IANA as Go's distribution packs it. It is part of the program, so that
// all nodes know the same zones, whatever is installed beside them.
//
//go:embed zoneinfo.zip
var zones []byte

// zoneFiles are the files of the database, by the names of their zones.
var zoneFiles = func() map[string]*zip.File {
	archive, err := zip.NewReader(bytes.NewReader(zones), int64(len(zones)))
	if err != nil {
		panic(fmt.Sprintf("window: the embedded time zones cannot be read: %v", err))
	}
	files := make(map[string]*zip.File, len(archive.File))
	for _, file := range archive.File {
		if !file.FileInfo().IsDir() {
			files[file.Name] = file
		}
	}
	return files
}()

// LoadZone returns a time zone by the name that the IANA gives it, such as Europe/Oslo.
func LoadZone(name string) (*time.Location, error) {
	file, known := zoneFiles[name]
	if !known {
		return nil, fmt.Errorf("window: there is no time zone %q", name)
	}
	content, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("window: time zone %q: %w", name, err)
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return nil, fmt.Errorf("window: time zone %q: %w", name, err)
	}
	zone, err := time.LoadLocationFromTZData(name, data)
	if err != nil {
		return nil, fmt.Errorf("window: time zone %q: %w", name, err)
	}
	return zone, nil
}
