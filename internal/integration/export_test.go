package integration

// Fill returns what a template makes of data, which is plain JSON.
func Fill(template, contentType string, data map[string]any) ([]byte, error) {
	t, err := parseTemplate(template, contentType)
	if err != nil {
		return nil, err
	}
	return render(t, data)
}
