package conversations

import (
	"cartwright/commerce"
)

// taskPrompt is a task's message: the same whether it was asked for or is the one that
// the bot edits until the task has ended.
func taskPrompt(t commerce.Task, people []commerce.Assignment, f facts) Prompt {
	p := Prompt{
		Name: "task", Title: f.words.T("task.title", "task", t.ID, "what", subject(t.Kind, t.Name, t.ToName, f)),
		Organisation: f.org.Name, Locale: f.words.Lang(),
		Notices: []Notice{taskHappening(t, f)},
		Closed:  t.State != commerce.TaskRunning,
	}
	if t.People.Total > 0 {
		p.Blocks = []Block{{Progress: &Progress{
			Label: f.words.T("task.progress."+string(t.Kind), "done", t.People.Assigned, "total", t.People.Total),
			Done:  t.People.Assigned, Total: t.People.Total,
		}}}
	}
	p.Below = append(taskResults(t, people, f), Block{Facts: taskFacts(t, f)})
	p.Actions = taskActions(t, people, f)
	return p
}

// taskHappening is what is going on with the task, in a sentence.
func taskHappening(t commerce.Task, f facts) Notice {
	moment := taskMoment(t)
	n := Notice{}
	switch key := "task.now." + string(t.Kind) + "." + moment; {
	case t.Kind == commerce.TaskRenew:
		n.Text = f.words.N(key, t.Quantity, "product", t.Name, "date", f.words.Date(t.RenewsAt))
	case moment == "done" || moment == "part":
		n.Text = f.words.N(key, t.People.Assigned)
	default:
		n.Text = f.words.T(key)
	}
	switch moment {
	case "done":
		n.Tone = Good
	case "part", "none", "overtaken":
		n.Tone = Warning
	case "failed":
		n.Tone = Bad
	}
	return n
}

// taskMoment names what is going on, finer than the state where people need it.
func taskMoment(t commerce.Task) string {
	switch {
	case t.State == commerce.TaskRunning && t.Slow.Is():
		return "slowed"
	case t.State == commerce.TaskRunning:
		return "running"
	case t.Kind == commerce.TaskRenew && t.Reason == commerce.CodeStale:
		return "overtaken"
	case t.Kind == commerce.TaskRenew && t.State == commerce.TaskFailed:
		return "failed"
	case t.Kind == commerce.TaskRenew:
		return "done"
	case t.People.Failed > 0:
		return "part"
	case t.People.Assigned == 0:
		return "none"
	}
	return "done"
}

// taskResults name for whom it failed, who was skipped, and for whom it is done.
func taskResults(t commerce.Task, people []commerce.Assignment, f facts) []Block {
	var blocks []Block
	failed, skipped, done := byResult(people, f)
	for _, group := range []struct {
		key   string
		names []string
	}{{"task.failed", failed}, {"task.skipped", skipped}, {"task.done." + string(t.Kind), done}} {
		if len(group.names) > 0 {
			blocks = append(blocks, nameList(f, f.words.N(group.key, len(group.names)), group.names))
		}
	}
	return blocks
}

// taskFacts are who and when.
func taskFacts(t commerce.Task, f facts) []Fact {
	rows := []Fact{{Label: f.words.T("task.by"), Value: f.words.T("order.by_value", "name", t.ByName, "date", f.words.DateTime(t.StartedAt))}}
	if !t.EndedAt.IsZero() {
		rows = append(rows, Fact{Label: f.words.T("task.ended"), Value: f.words.DateTime(t.EndedAt)})
	}
	return rows
}

func taskActions(t commerce.Task, people []commerce.Assignment, f facts) []Action {
	var actions []Action
	if t.Retries() && f.may(t.Kind.Role()) == nil {
		label := f.words.T("action.again")
		if t.People.Failed > 0 {
			label = f.words.N("order.retry", t.People.Failed)
		}
		actions = append(actions, Action{Ref: makeRef(verbTaskRetry, t.ID), Label: label, Style: Primary})
	}
	if len(people) > namesShown {
		actions = append(actions, Action{Ref: makeRef(verbTaskPeople, t.ID, 0), Label: f.words.T("task.everyone")})
	}
	if f.reads() {
		return append(actions, subscriptionsAction(f))
	}
	return append(actions, Action{Ref: makeRef(verbHelp), Label: f.words.T("action.help")})
}

// startedPrompt closes the form: the task has a message of its own.
func startedPrompt(f facts) Prompt {
	if f.task.ID == "" {
		return taskStepPrompt(f)
	}
	return Prompt{
		Name: "started", Title: f.words.T("task.title", "task", f.task.ID, "what", subject(f.task.Kind, f.task.Name, f.task.ToName, f)), Closed: true,
		Blocks: []Block{paragraph(f.words.T("started.text"))},
		Actions: []Action{
			{Ref: makeRef(verbTask, f.task.ID), Label: f.words.T("started.show")},
			subscriptionsAction(f),
		},
	}
}

// taskStepPrompt is a task that was asked for, if there is one of that name.
func taskStepPrompt(f facts) Prompt {
	if f.task.ID != "" {
		return taskPrompt(f.task, f.assigned, f)
	}
	return Prompt{
		Name: "trouble", Title: f.words.T("trouble.title"), Notices: []Notice{{Tone: Bad, Text: f.words.T("task.unknown")}}, Actions: waysOut(f),
	}
}

// taskPeoplePrompt lists everyone a task is for, and what became of them.
func taskPeoplePrompt(s state, f facts) Prompt {
	if f.task.ID == "" {
		return taskStepPrompt(f)
	}
	lines := make([]string, len(f.assigned))
	for i, a := range f.assigned {
		lines[i] = withReason(a.Name, taskResult(f.task, a, f), f)
	}
	p := Prompt{Name: "task_people", Title: f.words.T("task.people", "task", f.task.ID)}
	page, more := peopleList(&p, s.Page, lines, f)
	if len(lines) == 0 {
		p.Blocks = []Block{paragraph(f.words.T("task.nobody"))}
	}
	p.Actions = append(pageActions(f, verbTaskPeople, page, more, f.task.ID), Action{Ref: makeRef(verbTask, f.task.ID), Label: f.words.T("task.back")})
	return p
}

// taskResult is what became of somebody.
func taskResult(t commerce.Task, a commerce.Assignment, f facts) string {
	switch {
	case a.Reason != commerce.ReasonNone:
		return f.words.T("reason." + string(a.Reason))
	case a.State == commerce.AssignDone:
		return f.words.T("task.person." + string(t.Kind))
	case a.State == commerce.AssignFailed, a.State == commerce.AssignSkipped:
		return f.words.T("assignment.skipped")
	}
	return f.words.T("assignment.pending")
}
