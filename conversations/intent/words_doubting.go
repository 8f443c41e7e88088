package intent

// What makes a doubt of goods and a number that stand beside each other (doubt_*.go).
var (
	// nobody wants them, or ever did
	denying = say(`nobody|never|no one|none of|no circumstances|no need|no point|wasn t|weren t|not me|not us|
		nul|aucun|aucune|personne|jamais|inutile|pas besoin|pas la peine|en aucun cas|ce n est pas moi|ce n est pas nous|
		niemand|keiner|nie|niemals|keinesfalls|unnotig|uberflussig|auf keinen fall|unter keinen umstanden|nicht notig|kein bedarf`)
	unwanted = say(`太多了吧|并未|从未|从没|没人|没有人|谁说|没有的事|未通过|未获批|未批准|没批|没通过|没达成|不用再补|不用补|批完了|没别的事|不必|没必要|没这个必要|没打算|不打算|不是我提|不是我们提|不是我要|不是我们要|为什么|为何|为啥|凭什么|怎么会|
		与我们无关|跟我们无关|和我们无关|无需|不另外买|不另买|不新买|不加买|绝不|坚决不|千万别买了|千万别下单|用不着`)
	// nothing is to be bought by the message: it is an example, a joke, a question
	pretending = say(`par ex|for example|walks into a bar|walk into a bar|in die bar|in eine bar|entre dans un bar|nichts auslosen|elle - meme|lui - meme|eux - memes|elles - memes|只是想了解|了解一下规定|没有采购计划|没有计划|请忽略|忽略本条|e . g|for instance|just explain|don t care|nothing to do with us|nothing left to do|nothing has to be bought|nothing to be bought|nothing to do here|their budget|not to order|not ordering|for information only|just asking|just kidding|nothing to buy|not buying|don t buy anything|no purchase|hypothetically|for themselves|not our budget|
		s their budget|ignore him|ignore her|ignore them|ignore that|a joke|😂|🤣|
		zum beispiel|z . b|ignorier|ignoriere|ein witz|nur erklaren|machen wir nicht|machen wir das nicht|mir egal|mit uns nichts zu tun|nichts mit uns zu tun|nichts dergleichen|nicht vorgesehen|nicht geplant|nichts geplant|nicht zum bestellen|kein kauf|geht uns nichts|kaufen will ich nichts|nichts kaufen|nichts bestellen|kaufe nichts|bestelle nichts|nur spass|rein hypothetisch|nur eine frage|
		par exemple|blague|ignore le|ignorez|rien acheter|ne nous concerne|achete rien|commande rien|achetez rien|commandez rien|je plaisante|m en fiche|ne bouge pas|rien a voir avec nous|leur budget|mon bon monsieur|pas pour commander|pas pour acheter|juste une question|
		没关系|他们的预算|自己掏钱|纯好奇|你自己|比方说|测算|不构成|优缺点|对比一下|别理|别管他|笑话|玩笑|例如|比如|譬如|纯讨论|设想|假设|假如|没打算|不打算|没有打算|随便说|随口|只是问问|操作步骤|步骤是|怎样的|怎么弄|仅供参考|只是问一下|说着玩`)
	// somebody sells them, or somebody else gets them there
	sellers = say(`reseller|resellers|distributor|distributors|wholesaler|supplier|
		systemhaus|handler|handlers|grosshandler|handlerin|lieferant|lieferanten|
		integrateur|revendeur|revendeurs|grossiste|grossistes|fournisseur|
		经销商|供应商|代理商|分销商|他自己|她自己|他们自己|自己会|自己去`)
	// they are heard of
	rumours = say(`heard|apparently|reportedly|allegedly|supposedly|i hear|rumour has|rumor has|on their own|on his own|on her own|
		apparemment|rumeur|parait il|il parait|j ai entendu|on m a dit|
		angeblich|anscheinend|offenbar|gerucht|geruchte|es heisst|ich habe gehort|hab gehort|hort man|
		她们公司|他们公司|人家公司|别的公司|隔壁公司|听说|据说|据悉|传闻|有人说|听人说|好像要|听闻`)
	// how many is told by other goods
	equalling = say(`same number|same again|as many for|autant pour|ebenso viele|genauso viele|同样多|same amount|same quantity|meme nombre|meme quantite|meme chiffre|meme chiffres|derselben|gleiche anzahl|gleichen anzahl|selbe anzahl|selben anzahl|
		一样多|同样的数量|同样数量|看齐|照这个数|持平|相同数量|一样的数量`)
	// there are to be fewer
	shrinking = say(`shrink|trim|downsize|reduce|lower|decrease|prune|shed|
		reduzier|reduziere|reduzieren|verringer|verringere|verringern|verkleinern|verkleinere|kurzen|kurze|abbauen|abspecken|
		reduire|reduis|reduisez|diminuer|diminue|diminuez|baisser|baisse|restreindre|
		缩减|缩小|减少|裁掉|退掉|退订|砍掉`)
	// there are to be so many in the end, with those that there are
	filling = say(`为止|总量|补到|补足到|凑到|凑够|凑满|扩到|补齐|凑齐|included|compris|inklusive|eingerechnet|mitgerechnet`)
	lifting = say(`arriver|atteindre|reach|erreichen|bring|brings|raise|top|take|stock|aufstocken|stocke|erhohe|erhohen|amene|amenez|amener|monte|montez|porte|portez|complete|completez|
		augmente|augmentez|passe|passer|passez`)
	totals = say(`total|insgesamt|gesamt|en tout`)
	// a number is not exact
	inexact = say(`capped at|limited to|north of|south of|ballpark|order of magnitude|neighbourhood of|neighborhood of|vicinity of|a good|give or take|roughly|approximately|
		begrenzt auf|gedeckelt|grossenordnung|ungefahr|schatzungsweise|gut und gern|gut und gerne|grob|
		plafonne a|a une ou deux pres|plafonnes a|grand max|grosso modo|小二十|小三十|小四十|小五十|小一百|小百|待定|二者取其一|任选|二选一|起码|至少|最少|最多|顶多|大概|大约|差不多|a vue de nez|a la louche|ordre de|environ|approximativement`)
	// they were wanted, asked for or bought some time ago
	onceWants = say(`originally|initially|wanted|used to|did want|at some stage|ursprunglich|anfangs|wollten|wollte|initialement|voulais|voulait|voulions|voulaient|au depart|a l origine|avais envie|avions envie`)
	longAgo   = say(`买好了|采购到位|已采购|已经采购|办结|已交财务|早就|往事|当时|当年|那时|曾经|那会儿|原先|原本|原来|本来|头一回|搁下|兴趣|款已付|已付款|等开通|退货|退款|年初|搁置|作罢|念头|早已`)
	those     = say(`那份|那张|那笔|那单|这份|这张|这笔|那批|这批`)
	asked     = say(`订单|申请|采购|单子|合同`)
	// they might have been wanted, or may be some day; somebody is still to decide
	unreals = say(`would have|had the|aurait fallu|aurions eu|aurais eu|aurait eu`)
	planned = say(`plans|intends|plant|beabsichtigt|envisage|compte|prevoit|planifie|hatten|someday|eventually`)
	someday = say(`postponed|adjourned|vertagt|reporte|ajourne|si jamais|先不动|some day|one day|un jour|eines tages|eines tagen|irgendwann|
		要是哪天|没准|说不定|将来|以后再买|别急|等我通知|等通知|暂缓|先不要动|先不要买|先不要下单|先不要订|先不买|先别动|先别买|先别下单|先别急|再定|再决定|再等等|再说|备忘|评估|是否|会不会|要不要|该不该|请示|未通过|retour fournisseur|未予|待审|待财务|待批|进度|讨论|
		有朝一日|最多只能|对吧|差点|没成|多开了|要退|采购单填|单子填|砍了|黄了|泡汤|毙了|否决|驳回|打回|不予|依据不足|投诉|账单|明明|寄给|哪天|哪一天`)
	// it is asked whether there are any, or how they are had
	whether = say(`is there|are there|gibt es|y a - t - il|有没有`)
	hows    = say(`how|comment`)
	// somebody thinks of them what they think
	finding  = say(`i find|that was|this was|halte ich|finde ich|find ich|das war|dies war|je trouve|c etait|voila une|voila un|离谱|不合适`)
	praising = say(`well done|great job|good job|good call|nice work|congrats|bien joue|bravo|felicitations|gut gemacht|gluckwunsch|干得好|干得漂亮`)
	thankful = say(`thanks for the|merci pour les|danke fur die`)
	// they are to be taken back, or thought of
	withdrawing = say(`提醒|怀疑|等到|撤下|撤出|撤掉|收回`)
	lessons     = say(`培训|讲座|研讨会`)
)
