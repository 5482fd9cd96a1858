package state

import "encoding/json"

// FrontendAPISetting is the id of the setting with the value FrontendAPI.
const FrontendAPISetting = "frontend-api"

// PasswordSignInSetting is the id of the setting with the value PasswordSignIn.
const PasswordSignInSetting = "password-sign-in"

// PasswordSignIn is what is set about signing in by a password.
type PasswordSignIn struct {
	Disabled bool `json:"disabled"`
}

// PasswordSignIn returns what is set about signing in by a password.
func (s *State) PasswordSignIn() PasswordSignIn {
	var value PasswordSignIn
	if json.Unmarshal([]byte(s.Setting(PasswordSignInSetting)), &value) != nil {
		return PasswordSignIn{} // nobody has set anything
	}
	return value
}

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
