package fakeslack

import (
	"encoding/json"
	"strconv"
)

// viewOf checks a view and makes it one of a person's.
func (w *Workspace) viewOf(v any, surface, person string) (*View, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if problems := Check(surface, raw); len(problems) > 0 {
		return nil, refusal{name: "invalid_arguments", problems: problems}
	}
	fields, _ := v.(map[string]any)
	view := &View{ID: "V" + strconv.Itoa(w.number()), Type: surface, Person: person}
	w.fill(view, fields, nil)
	return view, nil
}

// fill puts new contents into a view. What was typed stays in inputs of the same names.
func (w *Workspace) fill(view *View, fields map[string]any, typed map[string]map[string]map[string]any) {
	blocks, _ := fields["blocks"].([]any)
	identified(w, blocks)
	view.Raw, view.Hash = fields, strconv.Itoa(w.number())+".hash"
	view.Callback, view.Metadata, view.External = text(fields, "callback_id"), text(fields, "private_metadata"), text(fields, "external_id")
	view.Values = map[string]map[string]map[string]any{}
	for _, b := range blocks {
		block := b.(map[string]any)
		element, ok := block["element"].(map[string]any)
		if !ok {
			continue
		}
		id, action := text(block, "block_id"), text(element, "action_id")
		value := initial(element)
		if was, ok := typed[id][action]; ok {
			value = was
		}
		view.Values[id] = map[string]map[string]any{action: value}
	}
}

// initial is an input's value before anybody touches it, as Slack sends it.
func initial(e map[string]any) map[string]any {
	kind := text(e, "type")
	v := map[string]any{"type": kind}
	switch kind {
	case "plain_text_input", "number_input":
		v["value"] = e["initial_value"]
	case "datepicker":
		v["selected_date"] = e["initial_date"]
	case "static_select", "radio_buttons":
		v["selected_option"] = e["initial_option"]
	case "checkboxes":
		v["selected_options"] = orNone(e["initial_options"])
	}
	return v
}

// use takes a trigger, which works once and for three seconds.
func (w *Workspace) use(id string) (*trigger, error) {
	t, ok := w.triggers[id]
	switch {
	case !ok || t.space != w:
		return nil, no("invalid_trigger_id")
	case t.used:
		return nil, no("exchanged_trigger_id")
	case w.Now().Sub(t.at) > triggerLife:
		return nil, no("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

func (w *Workspace) openView(b map[string]any) (map[string]any, error) {
	return w.stackView(b, func(stack []*View) ([]*View, error) { return nil, nil })
}

func (w *Workspace) pushView(b map[string]any) (map[string]any, error) {
	return w.stackView(b, func(stack []*View) ([]*View, error) {
		if len(stack) >= 3 {
			return nil, no("push_limit_reached")
		}
		return stack, nil
	})
}

func (w *Workspace) stackView(b map[string]any, under func([]*View) ([]*View, error)) (map[string]any, error) {
	t, err := w.use(text(b, "trigger_id"))
	if err != nil {
		return nil, err
	}
	stack, err := under(w.modals[t.user])
	if err != nil {
		return nil, err
	}
	v, err := w.viewOf(b["view"], Modal, t.user)
	if err != nil {
		return nil, err
	}
	w.modals[t.user] = append(stack, v)
	w.errors[t.user] = nil
	return map[string]any{"view": v.wire()}, nil
}

func (w *Workspace) updateView(b map[string]any) (map[string]any, error) {
	for _, stack := range w.modals {
		for _, v := range stack {
			if v.ID != text(b, "view_id") {
				continue
			}
			if hash := text(b, "hash"); hash != "" && hash != v.Hash {
				return nil, no("hash_conflict")
			}
			return w.replace(v, b["view"])
		}
	}
	return nil, no("not_found")
}

func (w *Workspace) replace(v *View, with any) (map[string]any, error) {
	raw, err := json.Marshal(with)
	if err != nil {
		return nil, err
	}
	if problems := Check(v.Type, raw); len(problems) > 0 {
		return nil, refusal{name: "invalid_arguments", problems: problems}
	}
	fields, _ := with.(map[string]any)
	w.fill(v, fields, v.Values)
	w.errors[v.Person] = nil
	return map[string]any{"view": v.wire()}, nil
}

func (w *Workspace) publish(b map[string]any) (map[string]any, error) {
	user := text(b, "user_id")
	if w.people[user] == nil {
		return nil, no("user_not_found")
	}
	v, err := w.viewOf(b["view"], Home, user)
	if err != nil {
		return nil, err
	}
	w.homes[user] = v
	return map[string]any{"view": v.wire()}, nil
}

// wire is a view as Slack sends it.
func (v *View) wire() map[string]any {
	out := map[string]any{}
	for key, value := range v.Raw {
		out[key] = value
	}
	out["id"], out["hash"], out["root_view_id"], out["previous_view_id"] = v.ID, v.Hash, v.ID, nil
	out["app_id"], out["bot_id"], out["private_metadata"], out["callback_id"] = "A1", "B1", v.Metadata, v.Callback
	out["state"] = map[string]any{"values": v.Values}
	return copied(out)
}

// copied is v as it is now, whatever is typed later.
func copied(v map[string]any) map[string]any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came as JSON
	}
	out := map[string]any{}
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}
