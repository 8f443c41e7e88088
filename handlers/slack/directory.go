package slack

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"cartwright/conversations"
)

// How long what Slack said is believed. A role that a group grants is gone a minute after
// somebody left the group.
const (
	profileLife = 5 * time.Minute
	membersLife = time.Minute
	channelLife = 24 * time.Hour
)

// lookUpTime is how long somebody waits for Slack to say who they are.
const lookUpTime = 2 * time.Second

func accountKey(a conversations.Account) string { return a.Workspace + "/" + a.ID }

// Profile is what Slack says of the account now, or said a little ago, with those of the
// organisation's groups that it is in. Where any of it cannot be had it fails.
func (s *Slack) Profile(ctx context.Context, organisation string, a conversations.Account) (conversations.Profile, error) {
	profile, err := s.profiles.Load(ctx, accountKey(a), func(ctx context.Context) (conversations.Profile, error) {
		return s.lookUp(ctx, a)
	})
	if err != nil || profile.Closed {
		return profile, err
	}
	profile.Groups = nil
	for _, group := range s.Groups(organisation) {
		members, err := s.members.Load(ctx, a.Workspace+"/"+group, func(ctx context.Context) ([]string, error) {
			return s.membersOf(ctx, a.Workspace, group)
		})
		if err != nil {
			return conversations.Profile{}, err
		}
		if slices.Contains(members, a.ID) {
			profile.Groups = append(profile.Groups, group)
		}
	}
	return profile, nil
}

func (s *Slack) lookUp(ctx context.Context, a conversations.Account) (conversations.Profile, error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	var user *slack.User
	err := s.api.call(ctx, a.Workspace, "users.info", func(ctx context.Context, c *slack.Client) error {
		var err error
		user, err = c.GetUserInfoContext(ctx, a.ID)
		return err
	})
	if err != nil {
		return conversations.Profile{}, err
	}
	return conversations.Profile{
		Name:     cmp.Or(user.Profile.DisplayName, user.RealName, user.Name),
		Locale:   user.Locale,
		TimeZone: zoneOf(user),
		Closed:   user.Deleted || user.IsBot || user.IsRestricted || user.IsUltraRestricted || user.IsStranger || user.TeamID != "" && user.TeamID != a.Workspace,
	}, nil
}

// zoneOf is nil where Slack says nothing that this program knows.
func zoneOf(user *slack.User) *time.Location {
	if user.TZ == "" || strings.EqualFold(user.TZ, "local") {
		return nil
	}
	zone, err := time.LoadLocation(user.TZ)
	if err != nil {
		return nil
	}
	return zone
}

func (s *Slack) membersOf(ctx context.Context, workspace, group string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	var members []string
	err := s.api.call(ctx, workspace, "usergroups.users.list", func(ctx context.Context, c *slack.Client) error {
		var err error
		members, err = c.GetUserGroupMembersContext(ctx, group)
		return err
	})
	if refused := (slack.SlackErrorResponse{}); errors.As(err, &refused) && refused.Err == "no_such_subteam" {
		s.Log.WarnContext(ctx, "a group that grants a role is not there", "workspace", workspace, "group", group)
		return nil, nil // that is an answer: nobody is in it
	}
	return members, err
}
