package intent

import "strings"

// every is each way to say phrases one after the other: "what|which things", "can you",
// "do|handle". An empty way leaves the place out.
func every(places ...string) string {
	ways := []string{""}
	for _, place := range places {
		var longer []string
		for _, way := range ways {
			for next := range strings.SplitSeq(place, "|") {
				longer = append(longer, strings.TrimSpace(way+" "+next))
			}
		}
		ways = longer
	}
	return strings.Join(ways, "|")
}

// asking is how people ask what can be done here, and what happens then.
var asking = [languages][]entry{
	english: {
		{cart, `my selection|our selection|altogether right now|all together right now|in total so far|the order before i pay|the order before we pay|before i check out`},
		{help, every("what|what all|what else|what exactly|what stuff|what things|which things|what kind of things|what sort of things|what kinds of things|what tasks|which tasks|what requests|which requests|what kind of requests|what kinds of requests|what sort of requests|what questions|which questions|what kind of questions|what sort of questions|what actions",
			"can|could|do", "you|i|we|this bot|the bot|one", "do|do for me|do for us|help with|help me with|help us with|handle|answer|understand|ask|ask you|ask for|say to you|tell you|type|support|offer")},
		{help, every("what|everything|all|all the things|the things", "you can|you could|you are able to|you're able to|you know how to|this bot can|the bot can", "do|do for me|do for us|help with|help me with|handle|answer|understand")},
		{help, every("your", "purpose|capabilities|abilities|skills|features|functions|commands|job|talents")},
		{help, every("how", "you work|this works|it works|this thing works|this bot works|the bot works|all this works|all of this works|this goes|you can help|you could help|can you help|could you help|to talk to you|do i talk to you|do i use you|do i start|to get started")},
		{help, every("what", "am i supposed to|are we supposed to|should i|do i|do i have to|must i|shall i", "do|type|write|say|do now|do here|do first|do next")},
		{help, `what are you good at|what are you good for|what are you for|what are you here for|what's possible|what is possible|first time here|i'm new here|im new here|i am new here|new to this|a manual|user manual|give me a hand|lend me a hand|i'm stuck|im stuck|i am stuck|where do i start|where to start|what is this thing|what's this thing|no idea how|no clue how|point me in the right direction|talk me through|list of commands|some guidance|how does it go`},
		{howTo, every("what happens", "after|when|if|once|next|then|with|as soon as")},
	},
	french: {
		{cart, `ma sélection|notre sélection|en tout pour l'instant|en tout pour le moment|au total jusqu'ici|avant que je paie|avant de payer`},
		{help, every("que|qu'est-ce que|quoi|en quoi|à quoi|ce que|tout ce que|quelles choses|quelles tâches|quelles demandes|quelles questions|quelles opérations|quelles actions|quel genre de choses|quel genre de demandes|quel genre de questions|quel type de demandes|quels types de demandes",
			"tu peux|vous pouvez|tu sais|vous savez|peux-tu|pouvez-vous|sais-tu|savez-vous|je peux|on peut|puis-je|peut-on|ce bot peut|le bot peut|ce bot sait|le bot sait", "faire|m'aider|nous aider|m'être utile|nous être utile|comprendre|répondre|traiter|gérer|te demander|vous demander|demander|poser|te dire|vous dire|te poser")},
		{help, every("tu peux|tu sais|vous pouvez|vous savez|tu|vous|on peut|je peux|il peut|il sait|ce bot|ça", "fais quoi|faites quoi|fait quoi|faire quoi|sers à quoi|sert à quoi|servez à quoi|m'aider à quoi|demander quoi|comprends quoi|proposes quoi")},
		{help, every("je fais|on fait|je dois faire|je dois taper|je dois écrire|je dois dire|je tape|j'écris|il faut faire|il faut écrire|il faut taper", "quoi")},
		{help, every("qu'est-ce que je|que|qu'est-ce qu'il", "dois|dois-je|faut|faut-il", "faire|écrire|taper|dire|saisir")},
		{help, every("tes|vos|ses", "fonctions|capacités|compétences|fonctionnalités|commandes|possibilités|talents|attributions possibles")},
		{help, every("genre de demandes|type de demandes|types de demandes|demandes|questions|genre de questions", "comprends-tu|comprenez-vous|acceptes-tu|tu comprends|vous comprenez|traites-tu")},
		{help, `de quoi es-tu capable|de quoi tu es capable|de quoi êtes-vous capable|es capable de quoi|êtes capable de quoi|capable de faire|ça marche comment|ça fonctionne comment|comment on fait|comment on s'y prend|comprends rien|comprends pas comment|ne comprends pas comment|sais pas comment|ne sais pas comment|sais pas quoi faire|première fois ici|première fois que|nouveau ici|nouvelle ici|un manuel|manuel d'utilisation|je suis bloqué|je suis bloquée|par où commencer|à quoi ça sert|un petit coup de main|guide-moi|guidez-moi|aide s'il te plaît|quelles possibilités`},
		{howTo, `que se passe-t-il après|que se passe-t-il quand|que se passe-t-il si|que se passe-t-il une fois|qu'est-ce qui se passe|il se passe quoi|et après|comment s'y prendre|comment on achète|comment on commande`},
	},
	german: {
		{cart, `meine auswahl|unsere auswahl|bisher zusammen|bis jetzt zusammen|bisher insgesamt|bevor ich zahle|bevor ich bezahle|bevor wir zahlen`},
		{help, every("was|was alles|was genau|was sonst|was noch|wobei|womit|wozu|wofür|mit was|bei was|welche aufgaben|welche anfragen|welche fragen|welche befehle|welche sachen|welche dinge|welche wünsche|welche art von anfragen|was für anfragen|was für fragen|was für sachen|was für dinge",
			"kannst du|können sie|könnt ihr|kann der bot|kann dieser bot|kann man hier|kann man dich|kann ich dich|kann ich hier|kann ich sie|darf ich dich|darf man dich|soll ich hier|soll ich schreiben|soll ich tun|soll ich eingeben|muss ich machen|muss ich tun|muss ich schreiben|muss ich hier|muss ich eingeben|muss ich sagen|machst du|hast du drauf|bist du gut|bist du da|bist du zuständig|geht mit dir|geht hier|verstehst du|beherrschst du|kann man mit dir|kann ich mit dir|kann man machen|ist hier möglich|ist möglich|taugst du|dient")},
		{help, every("was|alles was|alles , was|wobei|womit", "du|sie|ihr|man|man hier|ich|ich hier|der bot|dieser bot", "|alles|so|so alles|denn|eigentlich|hier", "kannst|können|könnt|kann|machst|drauf hast|tun kann|machen kann|fragen kann|helfen kannst|helfen können|machen kannst|erledigen kannst|tun kannst|verstehst")},
		{help, every("deine|deiner|deinen|ihre|eure", "fähigkeiten|funktionen|befehle|möglichkeiten|talente|aufgaben|fertigkeiten|stärken|kommandos")},
		{help, every("weiß nicht|weiss nicht|verstehe nicht|versteh nicht|kapiere nicht|keine ahnung|keinen plan|ich weiß nicht|ich verstehe nicht", "wie|wie es|, wie|was ich|, was ich|wie das|, wie das|, wie man|wie man")},
		{help, `welche möglichkeiten|neu hier|zum ersten mal hier|das erste mal hier|eine anleitung|ein handbuch|komme nicht weiter|komm nicht weiter|komm nicht klar|komme nicht klar|steh auf dem schlauch|wie geht man vor|wo fange ich an|wo fang ich an|wie fange ich an|wie fang ich an|wie bediene|wie läuft das hier|hilfst du|was ist das hier`},
		{howTo, every("was", "passiert|geschieht|kommt", "nach|wenn|, wenn|danach|dann|sobald|nachdem|als nächstes")},
		{howTo, `wie kommt man|wie komme ich|wie stelle ich es an|wie stellt man|wie gehe ich|wie funktioniert der`},
	},
	chinese: {
		{cart, `目前一共多少钱|现在一共多少钱|目前总共多少钱|到现在多少钱|付款前看一下|付款之前看看|我的选择`},
		{help, every("能|会|可以|能够|都能|都会", "|帮我|帮我们|帮忙|帮|替我|给我|为我", "做|干|办|处理|回答|帮|查|解决", "些|", "什么|啥|哪些|哪些事|什么事|哪些请求|什么忙|哪些问题|什么问题|哪些事情|什么事情")},
		{help, every("可以|能|该|要|想|应该", "|向|跟|对|和", "问|跟|说|输入|写|发|讲|打", "|你|您", "|些", "什么|啥|哪些|什么问题|哪些问题|什么话")},
		{help, every("你|您|这个机器人|机器人|这个|这东西|这玩意|这玩意儿", "是|", "干什么的|做什么的|干嘛的|干啥的|做什么用的|干什么用的|有什么用|有啥用|怎么用|怎么弄|怎么玩|怎么操作|有什么本事|有啥本事|会什么|会些什么|会啥|都会些什么|都会什么|懂什么|懂哪些|听得懂什么|听得懂哪些|支持什么|支持哪些|有什么作用|有什么用处|有什么能力|有哪些能力|的功能|的能力|的用途|的本事|擅长什么")},
		{help, `不知道怎么用|不会操作|不懂怎么用|不懂怎么操作|不知道怎么操作|不知道该怎么|第一次用|头一次用|初次使用|新来的|使用手册|手册|支持哪些|支持什么|卡住了|什么功能|都有些什么功能|指点一下|指导一下|给点提示|从哪里开始|从哪儿开始|怎么开始|入门|这里能办什么|听得懂哪些话`},
		{howTo, `会怎样|会怎么样|会发生什么|下一步是什么|该怎么操作|该如何操作|该怎么弄|该怎么办|该怎么做|要怎么操作|要怎么弄|要怎么做|应该怎么做|应该怎么操作`},
	},
}

// waiting is how people ask for what they have chosen and not bought yet.
var waiting = [languages][]entry{
	english: {
		{cart, every("waiting to be|about to be|ready to be|queued to be|lined up to be|still to be|yet to be|left to be", "ordered|bought|purchased")},
		{cart, every("lined up|queued up|put aside|set aside|put in|picked|picked out|chosen|collected|gathered|added|saved|prepared", "so far|to buy|to order|to be bought|to be ordered|for purchase|for buying|until now|up to now|till now")},
		{cart, every("what i|what we|what i've|what we've|everything i|everything we|everything i've|everything we've|stuff i|stuff i've|stuff we|things i|things i've|items i|items i've|all i|all i've|what did i|what did we|what have i|what have we", "|already|just|got", "lined up|put aside|set aside|put in|picked|pick|picked out|pick out|chosen|chose|choose|collected|selected|select|added|add|queued up|saved")},
		{cart, every("what|whatever|everything|all|stuff|things", "i|we|i'm|i am|we're|we are|am i|are we|would i be|would we be|will i be|i was|we were", "about to buy|about to order|going to buy|going to order|buying|ordering|want to buy|want to order|planning to buy|planning to order|wanted to buy|wanted to order")},
		{cart, `on my list|on our list|in my list|shopping list|my order so far|our order so far|order so far|anything in there|what's in there|not bought yet|not ordered yet|not yet bought|not yet ordered|unfinished order|open order`},
	},
	french: {
		{cart, every("attend d'être|attendent d'être|prêt à être|prêts à être|prête à être|prêtes à être|en attente d'être|reste à|restent à", "acheté|achetés|achetée|achetées|commandé|commandés|commandées|acheter|commander")},
		{cart, every("en attente de|en attente d'|attente de", "commande|achat|commander|acheter|paiement")},
		{cart, every("que j'ai|que nous avons|qu'on a|qu'ai-je|qu'avons-nous|ce que j'avais|qu'est-ce que j'ai|qu'est-ce qu'on a", "|déjà|bien", "choisi|sélectionné|mis de côté|ajouté|retenu|préparé|mis dedans|gardé|prévu d'acheter|prévu de commander|mis dans le panier")},
		{cart, every("que je|que nous|qu'on|que", "veux|voulons|veut|vais|allons|va|compte|comptons|m'apprête à|pensais|voulais|étais sur le point d'", "acheter|commander|prendre")},
		{cart, `mis de côté|commande en préparation|commande en attente|prévu d'acheter|prévu de commander|m'apprête à acheter|m'apprête à commander|ma liste d'achats|liste d'achats|sur ma liste|pas encore acheté|pas encore commandé|prêt à acheter`},
	},
	german: {
		{cart, every("wartet|warten|steht|stehen|liegt|liegen", "|noch|alles|noch alles|da noch|gerade|jetzt", "auf die bestellung|auf bestellung|auf den kauf|zum kauf an|zur bestellung an|zum kauf bereit|zur bestellung bereit|auf meiner liste|in meiner bestellung|im korb|im wagen")},
		{cart, every("zum kauf|zur bestellung|zum bestellen|zum kaufen|auf die bestellung|auf den kauf", "ansteht|anstehen|an|bereit|bereitsteht|bereitstehen|vorgesehen|wartet|warten|bereitliegt")},
		{cart, every("habe ich|hab ich|haben wir|hatte ich|hatten wir|was ich|was wir|was ich mir|was habe ich", "|bisher|jetzt|schon|mir|uns|bis jetzt|da|alles|da alles|denn|so|hier", "zusammengestellt|ausgesucht|ausgewählt|zurückgelegt|vorgemerkt|reingelegt|hineingelegt|gesammelt|eingepackt|gewählt|rausgesucht|zur seite gelegt|beiseite gelegt|drin")},
		{cart, every("was", "ich|wir|würde ich|würden wir|werde ich|will ich|wollte ich", "|jetzt|alles|gerade|da|hier|denn|so", "kaufen|bestellen|kaufen will|kaufen wollte|kaufen wollen|bestellen will|bestellen wollte|kaufen würde|bestellen würde|kaufen möchte")},
		{cart, every("noch", "bestellt|gekauft", "werden soll|werden muss|werden sollen|werden müssen|wird")},
		{cart, `auf meiner liste|auf der liste|auf unserer liste|besteht meine bestellung|noch nicht bestellt|noch nicht bestellte|offene bestellung|angefangene bestellung|zurückgelegt`},
	},
	chinese: {
		{cart, every("等着|等待|准备|打算|想|要|即将|快要|正要", "买|下单|购买|订|采购", "的")},
		{cart, every("选|挑|加|放|添加|选好|挑好|准备买|要买|打算买|准备下单|想买", "|了|过|的", "|些", "什么|哪些|啥|什么东西|哪些东西")},
		{cart, `等着买|等着下单|我挑的|我选的|我选好的|选好的|挑好的|加进去的|刚才加的|还没付款的|没付款的|还没买的|还没下单的|车里|单子里|清单里|待买清单|采购单里|选了些|挑了些|加了些`},
	},
}
