package fakediscord

import (
	"net/url"
	"slices"
	"unicode/utf8"
)

func (c *check) row(at string, v map[string]any) {
	inside := list(v["components"])
	if c.modal { // deprecated, and still taken
		c.each(at+"/components", v["components"], 1, 1, func(at string, v map[string]any) {
			c.component(at, v, 4)
			c.between(at+"/label", v["label"], 1, 45)
		})
		return
	}
	menus := slices.ContainsFunc(inside, func(v any) bool { m, _ := v.(map[string]any); return kindOf(m) != 2 })
	most := 5
	if menus {
		most = 1
	}
	c.each(at+"/components", v["components"], 1, most, func(at string, v map[string]any) { c.component(at, v, 2, 3, 5, 6, 7, 8) })
}

// Styles of buttons that are not for clicks.
const (
	styleLink    = 5
	stylePremium = 6
)

func (c *check) button(at string, v map[string]any) {
	c.limit(at+"/label", v["label"], 80)
	style, _ := v["style"].(float64)
	c.within(at+"/style", v["style"], 1, stylePremium)
	not := func(keys ...string) {
		for _, key := range keys {
			if v[key] != nil {
				c.wrong(at+"/"+key, "A button of the style %v cannot have this", style)
			}
		}
	}
	switch style {
	case 0:
		c.wrong(at+"/style", "This field is required")
	case styleLink:
		not("custom_id", "sku_id")
		c.address(at+"/url", v["url"], maxURL)
	case stylePremium:
		not("custom_id", "url", "label", "emoji")
		c.between(at+"/sku_id", v["sku_id"], 1, 20)
		return
	default:
		not("url", "sku_id")
		c.customID(at, v)
	}
	if text(v, "label") == "" && v["emoji"] == nil {
		c.wrong(at, "A button must have a label or an emoji")
	}
}

func (c *check) address(at string, v any, most int) {
	c.between(at, v, 1, most)
	s, _ := v.(string)
	u, err := url.Parse(s)
	if err != nil || !slices.Contains([]string{"http", "https", "discord"}, u.Scheme) || u.Scheme != "discord" && u.Host == "" {
		c.wrong(at, "Not a well formed URL.")
	}
}

// menu is what all select menus have.
func (c *check) menu(at string, v map[string]any) {
	c.customID(at, v)
	c.limit(at+"/placeholder", v["placeholder"], 150)
	c.range25(at, v, 25)
}

// range25 is how many values are chosen: one, unless it says otherwise.
func (c *check) range25(at string, v map[string]any, most float64) {
	c.within(at+"/min_values", v["min_values"], 0, most)
	c.within(at+"/max_values", v["max_values"], 1, most)
	least, hasLeast := v["min_values"].(float64)
	if c.modal && hasLeast && least == 0 && v["required"] != false {
		c.wrong(at+"/min_values", "A required component needs at least 1")
	}
	if high, has := v["max_values"].(float64); has && least > high {
		c.wrong(at+"/max_values", "Must not be less than min_values")
	}
}

func (c *check) stringSelect(at string, v map[string]any) {
	c.menu(at, v)
	c.options(at, v, 1, 25, chosenAtMost(v, 1))
}

// chosenAtMost is how many may be chosen, and so be default.
func chosenAtMost(v map[string]any, unless int) int {
	if n, has := v["max_values"].(float64); has {
		return int(n)
	}
	return unless
}

func (c *check) options(at string, v map[string]any, least, most, defaults int) {
	values := map[string]bool{}
	n := 0
	c.each(at+"/options", v["options"], least, most, func(at string, o map[string]any) {
		c.between(at+"/label", o["label"], 1, 100)
		c.between(at+"/value", o["value"], 1, 100)
		c.limit(at+"/description", o["description"], 100)
		c.flag(at+"/default", o["default"])
		if values[text(o, "value")] {
			c.wrong(at+"/value", "The specified option value is already used")
		}
		values[text(o, "value")] = true
		if o["default"] == true {
			n++
		}
	})
	if n > defaults {
		c.wrong(at+"/options", "%d are default, of %d that may be chosen", n, defaults)
	}
	if high, has := v["max_values"].(float64); has && int(high) > len(list(v["options"])) {
		c.wrong(at+"/max_values", "Must not be more than there are options")
	}
}

func (c *check) textInput(at string, v map[string]any) {
	c.customID(at, v)
	if v["style"] == nil {
		c.wrong(at+"/style", "This field is required")
	}
	c.within(at+"/style", v["style"], 1, 2)
	c.within(at+"/min_length", v["min_length"], 0, 4000)
	c.within(at+"/max_length", v["max_length"], 1, 4000)
	c.limit(at+"/placeholder", v["placeholder"], 100)
	c.flag(at+"/required", v["required"])
	most := 4000.0
	if high, has := v["max_length"].(float64); has {
		most = min(most, high)
	}
	c.limit(at+"/value", v["value"], int(most))
	if least, has := v["min_length"].(float64); has && least > most {
		c.wrong(at+"/max_length", "Must not be less than min_length")
	}
}

func (c *check) section(at string, v map[string]any) {
	c.each(at+"/components", v["components"], 1, 3, func(at string, v map[string]any) { c.component(at, v, 10) })
	c.inner(at+"/accessory", v["accessory"], 2, 11)
}

func (c *check) inner(at string, v any, kinds ...int) {
	inside, is := v.(map[string]any)
	if !is {
		c.wrong(at, "This field is required")
		return
	}
	c.component(at, inside, kinds...)
}

func (c *check) textDisplay(at string, v map[string]any) {
	c.between(at+"/content", v["content"], 1, maxText)
	c.chars += utf8.RuneCountInString(text(v, "content"))
}

func (c *check) media(at string, v any) {
	m, _ := v.(map[string]any)
	c.between(at+"/url", m["url"], 1, 2048)
}

func (c *check) thumbnail(at string, v map[string]any) {
	c.media(at+"/media", v["media"])
	c.limit(at+"/description", v["description"], 1024)
}

func (c *check) gallery(at string, v map[string]any) {
	c.each(at+"/items", v["items"], 1, 10, func(at string, v map[string]any) { c.media(at+"/media", v["media"]) })
}

func (c *check) file(at string, v map[string]any) { c.media(at+"/file", v["file"]) }

func (c *check) separator(at string, v map[string]any) { c.within(at+"/spacing", v["spacing"], 1, 2) }

func (c *check) container(at string, v map[string]any) {
	c.within(at+"/accent_color", v["accent_color"], 0, 0xffffff)
	c.each(at+"/components", v["components"], 1, maxComponents, func(at string, v map[string]any) { c.component(at, v, 1, 9, 10, 12, 13, 14) })
}

func (c *check) label(at string, v map[string]any) {
	c.between(at+"/label", v["label"], 1, 45)
	c.limit(at+"/description", v["description"], 100)
	inside, _ := v["component"].(map[string]any)
	c.inner(at+"/component", v["component"], 3, 4, 5, 6, 7, 8, 19, 21, 22, 23)
	if inside["label"] != nil && kindOf(inside) == 4 {
		c.wrong(at+"/component/label", "The label is the component's around it")
	}
}

func (c *check) upload(at string, v map[string]any) {
	c.customID(at, v)
	c.range25(at, v, 10)
}

func (c *check) radios(at string, v map[string]any) {
	c.customID(at, v)
	c.flag(at+"/required", v["required"])
	c.options(at, v, 2, 10, 1)
}

func (c *check) checkboxes(at string, v map[string]any) {
	c.customID(at, v)
	c.range25(at, v, 10)
	c.options(at, v, 1, 10, chosenAtMost(v, 10))
}

func (c *check) checkbox(at string, v map[string]any) {
	c.customID(at, v)
	c.flag(at+"/default", v["default"])
	if v["required"] != nil {
		c.wrong(at+"/required", "A checkbox cannot be required")
	}
}
