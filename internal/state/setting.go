package state

import "encoding/json"

// FrontendOriginsSetting is the id of the setting that FrontendOrigins returns: a list.
const FrontendOriginsSetting = "cors"

// PasswordSignInSetting is the id of the setting with the value PasswordSignIn.
const PasswordSignInSetting = "password-sign-in"

// PasswordSignIn is what is set about signing in by a password.
type PasswordSignIn struct {
	Disabled bool `json:"disabled"`
}

// PasswordSignIn returns what is set about signing in by a password.
func (s *State) PasswordSignIn() PasswordSignIn {
	return settingAs[PasswordSignIn](s, PasswordSignInSetting)
}

// FrontendOrigins returns the web pages that may read answers of the frontend API and
// of OFREP, such as https://shop.example.com: all ("*"), unless somebody has named some.
func (s *State) FrontendOrigins() []string {
	var origins []string
	if err := json.Unmarshal([]byte(s.Setting(FrontendOriginsSetting)), &origins); err != nil || len(origins) == 0 {
		return []string{"*"}
	}
	return origins
}
