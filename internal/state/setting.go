package state

import "encoding/json"

// FrontendAPISetting is the id of the setting with the value FrontendAPI.
const FrontendAPISetting = "frontend-api"

// FrontendAPI is what is set about the frontend API.
type FrontendAPI struct {
	// Origins are the web pages that may read its answers: "*" for all, or origins such
	// as https://shop.example.com.
	Origins []string `json:"frontendApiOrigins"`
}

// FrontendOrigins returns the web pages that may read answers of the frontend API:
// all ("*"), unless somebody has named some.
func (s *State) FrontendOrigins() []string {
	var value FrontendAPI
	if err := json.Unmarshal([]byte(s.Setting(FrontendAPISetting)), &value); err != nil || len(value.Origins) == 0 {
		return []string{"*"}
	}
	return value.Origins
}
