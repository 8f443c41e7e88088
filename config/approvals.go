package config

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"cartwright/commerce"
)

// maxApprovals is how many people a rule may ask for: nobody wants to wait for more.
const maxApprovals = 20

// approvals reads an organisation's rules. One that cannot be read, or asks for more people
// than there are, is refused: to ignore it would spend money that somebody meant to look
// at first.
func (s *survey) approvals(o *commerce.Organisation, f *approvalsFile) {
	if f == nil {
		return
	}
	o.ApprovalChannel = f.Channel.byPlatform()
	s.channel(*o)
	var rules []commerce.Rule
	names := map[string]bool{}
	for i, file := range f.Rules {
		name := fmt.Sprintf("approval rule number %d (%s)", i+1, file.Name)
		if strings.TrimSpace(file.Name) == "" || names[file.Name] {
			s.wrong("give it a name of its own: people are told it", "approval rule number %d has the name %q", i+1, file.Name)
		}
		names[file.Name] = true
		rule := s.rule(name, file)
		s.satisfiable(name, *o, rule)
		s.escalates(name, *o, rule)
		rules = append(rules, rule)
	}
	policy, problems := commerce.NewPolicy(rules, o.Currency)
	for _, err := range problems {
		s.wrong("write a condition over committed, total, quantity, products, groups, term, buyer, country and spent_30d", "%s", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	o.Policy = policy
}

// teamsChannel is how Teams writes a channel's id.
var teamsChannel = regexp.MustCompile(`^19:[A-Za-z0-9_-]+@thread\.(tacv2|skype)$`)

func (f channelFile) byPlatform() map[string]string {
	all := map[string]string{"slack": f.Slack, "discord": f.Discord, "teams": f.Teams}
	maps.DeleteFunc(all, func(_, id string) bool { return id == "" })
	return all
}

// channel checks that the channel is in a workspace of the organisation.
func (s *survey) channel(o commerce.Organisation) {
	if len(o.ApprovalChannel) > 1 {
		s.wrong("keep one of them", "approvals.channel names several platforms")
	}
	if id := o.ApprovalChannel["teams"]; id != "" && !teamsChannel.MatchString(id) {
		s.wrong("write it as 19:…@thread.tacv2: in the channel's link %3A stands for : and %40 for @", "approvals.channel on teams is %q", id)
	}
	for platform := range o.ApprovalChannel {
		if len(o.Workspaces[platform]) == 0 {
			s.wrong("add the workspace that it is in to workspaces, or leave channel out", "approvals.channel is on %s, of which the organisation has no workspace", platform)
		}
	}
}

func (s *survey) rule(name string, f ruleFile) commerce.Rule {
	r := commerce.Rule{Name: f.Name, When: f.When, From: f.From, DistinctRoles: f.DistinctRoles}
	if f.Approvals == nil || *f.Approvals < 0 || *f.Approvals > maxApprovals {
		s.wrong(fmt.Sprintf("write how many it needs, from 0 to %d", maxApprovals), "%s does not say how many approvals", name)
	} else {
		r.Approvals = *f.Approvals
	}
	if r.Approvals > 0 && len(r.From) == 0 {
		s.wrong("write from: [approver], or other roles", "%s does not say from whom", name)
	}
	r.Expires, r.Remind = s.wait(name, "expires", f.Expires), s.wait(name, "remind", f.Remind)
	if f.Escalate != nil {
		r.Escalate = commerce.Escalation{After: s.wait(name, "escalate.after", f.Escalate.After), To: f.Escalate.To}
		if f.Escalate.After == "" || len(f.Escalate.To) == 0 {
			s.wrong("write escalate: {after: 48h, to: [cfo]}", "%s has an escalation without after or to", name)
		}
	}
	for _, role := range slices.Concat(r.From, r.Escalate.To) {
		s.role(name, role)
	}
	return r
}

func (s *survey) wait(name, key, text string) time.Duration {
	if text == "" {
		return 0
	}
	wait, err := time.ParseDuration(text)
	if err != nil || wait < time.Minute || wait > 90*24*time.Hour {
		s.wrong("write hours such as 72h, a minute to 90 days", "%s: %s is %q", name, key, text)
		return 0
	}
	return wait
}

// satisfiable counts over the people whether the rule can be met, whoever buys. Where a
// group grants one of its roles that cannot be counted, and is told.
func (s *survey) satisfiable(name string, o commerce.Organisation, r commerce.Rule) {
	if r.Approvals == 0 || len(r.From) == 0 {
		return
	}
	held := func(role commerce.Role) bool {
		return slices.ContainsFunc(o.People, func(p commerce.Person) bool { return slices.Contains(p.Roles, role) })
	}
	byGroup := slices.ContainsFunc(r.From, func(role commerce.Role) bool { return len(o.Groups[role]) > 0 })
	short, buyer := mostShort(o, r)
	onGroups := slices.ContainsFunc(r.From, func(role commerce.Role) bool { return len(o.Groups[role]) > 0 && (short > 0 || !held(role)) })
	if len(o.ApprovalChannel) == 0 && onGroups {
		s.wrong("write approvals.channel", "%s asks a role that a group grants: whoever is in it can only be asked in a channel", name)
	}
	switch {
	case short == 0:
	case byGroup:
		s.warnings = append(s.warnings, fmt.Sprintf("%s: %s asks for %d approvals; by the people in the file it lacks %d, and counts on groups", s.where, name, r.Approvals, short))
	case buyer != "":
		s.wrong("give the roles to more people, or ask for fewer", "%s asks for %d approvals, and when %s buys there are %d too few people to give them", name, r.Approvals, buyer, short)
	default:
		s.wrong("give the roles to more people, or ask for fewer", "%s asks for %d approvals, and there are %d too few people to give them", name, r.Approvals, short)
	}
}

// escalates finds an escalation that would ask nobody, or too late.
func (s *survey) escalates(name string, o commerce.Organisation, r commerce.Rule) {
	for _, role := range r.Escalate.To {
		held := slices.ContainsFunc(o.People, func(p commerce.Person) bool { return slices.Contains(p.Roles, role) })
		switch byGroup := len(o.Groups[role]) > 0; {
		case !roleForm.MatchString(string(role)): // which is told already
		case !held && !byGroup:
			s.wrong("give somebody the role, or escalate to another", "%s escalates to %s, which nobody holds", name, role)
		case !held && len(o.ApprovalChannel) == 0:
			s.wrong("write approvals.channel", "%s escalates to %s, which a group grants: whoever is in it can only be asked in a channel", name, role)
		}
	}
	if expires := cmp.Or(r.Expires, commerce.DefaultExpires); len(r.Escalate.To) > 0 && r.Escalate.After >= expires {
		s.wrong("escalate earlier, or let the request expire later", "%s escalates after %s, and the request ends after %s", name, r.Escalate.After, expires)
	}
}

// mostShort is how many approvals are lacking at worst: nobody approves what they buy.
func mostShort(o commerce.Organisation, r commerce.Rule) (short int, buyer string) {
	short = r.Lacking(o.People, "")
	for _, p := range o.People {
		if n := r.Lacking(o.People, p.ID); n > short && slices.Contains(p.Roles, commerce.Buyer) {
			short, buyer = n, p.Name
		}
	}
	return short, buyer
}

// checkLiterals finds conditions that speak of something that there is not: they would never
// hold, or always.
func (r *reader) checkLiterals(c Config) {
	if r.wrong("CATALOGUE_FILE") {
		return // nothing is known of its offers
	}
	for _, org := range c.Organisations {
		for _, l := range org.Policy.Literals() {
			if remedy := unknownLiteral(l, org, c.Catalogue); remedy != "" {
				r.mistakes.add("ORGANISATIONS_FILE", remedy, "%s: approval rule %s: when: there is no %q among %s", org.ID, l.Rule, l.Text, l.Fact)
			}
		}
	}
}

// unknownLiteral says what to write instead, "" where the text is known.
func unknownLiteral(l commerce.Literal, org commerce.Organisation, catalogue commerce.Catalogue) (remedy string) {
	var known bool
	switch l.Fact {
	case "products":
		_, known = catalogue.Offer(l.Text)
		remedy = "write the id of an offer, such as business-premium"
	case "groups":
		known = slices.Contains(commerce.Groups, commerce.Group(l.Text))
		remedy = "write business, enterprise, frontline, apps or add-on"
	case "term":
		known = l.Text == string(commerce.Year) || l.Text == string(commerce.Month)
		remedy = "write P1Y or P1M"
	case "buyer":
		_, known = org.Person(l.Text)
		remedy = "write the id of a person, such as aicha"
	case "country":
		known = l.Text == org.Country
		remedy = "write " + org.Country + ", which the organisation's is, or leave it out"
	default:
		return ""
	}
	if known {
		return ""
	}
	return remedy
}
