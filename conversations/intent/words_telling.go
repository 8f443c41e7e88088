package intent

// years are those of which people tell, rather than plan.
const years = "2014|2015|2016|2017|2018|2019|2020|2021|2022|2023|2024|2025"

// telling is how people speak of what was bought, of what others buy, and of what would be
// if: a number and a product beside it are not wanted.
var telling = [languages][]entry{
	english: {
		{narrated, every("last|the previous|the past", "year|month|week|quarter|summer|spring|autumn|winter|friday|monday|time")},
		{narrated, every("the last|the previous|the first", "0")},
		{narrated, every("in|back in|during", years)},
		{narrated, every("we|i|they|he|she|you|who|of mine|of ours|company|office|firm", "|already|once|only|just|also|still|even", "had|took|got")},
		{narrated, every("have|has|had|would have|could have|should have|might have|'ve|i've|we've|they've", "|already|once|only|just|also|even|never", "bought|ordered|taken|purchased|booked|requested|acquired")},
		{narrated, `yesterday|the other day|back then|in those days|at my last job|at my old job|at my old company|in my old job|took|keeps telling|keep telling|keeps saying|keeps offering|is offering|are offering|offers us|offered us|rumour has it|rumor has it|i heard|i've heard|we heard|i read|i've read|apparently|allegedly|supposedly|reportedly|they say|people say|dreamt|dreamed|neighbour|neighbours|neighbor|neighbors|next door|competitor|competitors|the competition|a friend|our rivals|were delivered|was delivered|have arrived|haven't arrived|has arrived|hasn't arrived|did arrive|were shipped|invoice shows|bill shows|invoice says|bill says|on my bill|on our bill|thanks for the|thank you for the|cheers for the|where are my|where are our|where are the|we ordered|i ordered|gave them back|someone put|somebody put`},
		{unreal, every("if|what if|even if|suppose|supposing|assuming|imagine|imagining|say|let's imagine|let's suppose|in case", "we|i|they|he|she|everyone|everybody", "bought|took|ordered|had|got|were|needed|wanted|purchased|did|buy|take|order|get|have|purchase")},
		{unreal, `if it were|if they were|if it was cheaper|too many|be enough|is enough|are enough|worth it|worth buying|worth getting|is that right|is that correct|is this right|are you mad|are you kidding|are you serious|really need|normal number|wrong to|mistake to|was a mistake|by mistake|by accident|make sense|makes sense|overkill|a lot for|a good idea`},
		{denial, every("not|won't|will not|wouldn't|would not|aren't|isn't|are not|is not", "going to|gonna|planning to|intending to|about to|willing to|be", "take|taking|need|needing|get|getting|want|wanting|buy|buying|order|ordering|purchase|require|requiring")},
		{denial, every("nobody|no one|noone|nobody here|no one here", "asked for|wants|needs|wanted|ordered|requested|needed|asked to buy")},
		{denial, every("don't|do not|dont|never", "put|include|give us|send us|send|throw in|sign us up for|book|supply")},
		{filler, `same as last year|like last year|as last year|same as last time|like last time|as last time|if possible|if you can|if that's ok|if that's okay|if it's ok|if you could|if you like|if you don't mind`},
		{polite, `why not`},
		{filler, `feel free to|feel free`},
		{compare, every("the|a|which is the", "better|best|right|wiser|smarter", "choice|option|pick|fit|plan for|one for")},
	},
	french: {
		{narrated, every("l'an|l'année|le mois|la semaine|le trimestre|l'été|lundi|vendredi|la fois", "dernier|dernière|passé|passée|précédent|précédente")},
		{narrated, every("les 0", "derniers|dernières|premiers|premières")},
		{narrated, every("en", years)},
		{narrated, every("ai|as|a|avons|avez|ont|avais|avait|avions|aviez|avaient|aurais|aurait|aurions|auraient|aurez|avoir", "|déjà|jamais|bien|donc|aussi|juste|même|toujours|peut-être", "commandé|acheté|pris|eu|souscrit|obtenu|achetés|achetées|commandés|commandées|prises|commandée|achetée")},
		{narrated, every("vient|viennent|venons|viens", "de|d'", "acheter|commander|prendre|souscrire")},
		{narrated, every("j'|il|elle|on|nous|ils", "avais|avait|avions|avaient|achetait|achetaient|prenait|prenaient|commandait|commandaient")},
		{narrated, `hier|avant-hier|l'autre jour|à l'époque|à mon ancien poste|dans mon ancienne boîte|il paraît que|paraît que|paraît-il|j'ai lu|on a lu|j'ai entendu|on m'a raconté|on m'a dit|apparemment|soi-disant|a rêvé|le voisin|la voisine|les voisins|concurrent|concurrents|concurrence|d'en face|d'à côté|un copain|un ami|une amie|ancienne boîte|ancien patron|sont arrivés|sont arrivées|bien arrivés|bien arrivées|ne sont pas arrivés|ne sont pas arrivées|ont été livrés|ont été livrées|la facture indique|la facture montre|sur ma facture|merci pour les|merci pour le|merci pour la|merci pour ces|où sont|nous propose|nous proposent|raconte|racontent|racontait`},
		{unreal, every("si|et si|même si|supposons que|imaginons que|admettons que|imagine que|à supposer que|au cas où", "on|nous|je|j'|l'on|ils|tout le monde", "achetait|achetions|prenait|prenions|commandait|commandions|achetais|prenais|commandais|avait|avions|voulait|voulions|achète|prend|commande|achetons|prenons|commandons")},
		{unreal, `c'est trop|suffisent|suffit|suffira|suffiront|suffiraient|vaut le coup|vaut la peine|c'est normal|est-ce normal|une erreur|par erreur|vraiment besoin|ça a du sens|une bonne idée|si c'était moins cher|si c'était`},
		{denial, every("ne|n'", "prendrons|prendrai|prendra|prend|prenons|achèterons|achèterai|achète|achetons|commanderons|commandons|commande|mets|mettez|mettons|voulons|voudrons|ajoutons|prévoyons", "|surtout|finalement|donc", "pas|plus")},
		{denial, every("personne", "n'a|ne|n'", "demandé|veut|besoin|commandé|demande|acheté|voulu|réclamé")},
		{compare, every("meilleur|bon|mauvais", "choix")},
		{filler, `comme l'an dernier|comme l'année dernière|comme le mois dernier|comme la dernière fois|si possible|si tu peux|si vous pouvez|si c'est possible|si tu veux|si vous voulez`},
	},
	german: {
		{narrated, every("letztes|voriges|vergangenes|im letzten|im vorigen", "jahr|quartal|mal")},
		{narrated, every("die letzten|die vorigen|die ersten", "0")},
		{narrated, every("letzten|vorigen|letzte|vorige|letzter|voriger|vergangene", "monat|woche|sommer|montag|freitag|herbst|winter|frühling")},
		{narrated, every("in|im jahr|anno|schon", years)},
		{narrated, every(years, "haben wir|hatten wir|habe ich|hatte ich|nahmen wir|kauften wir|haben die")},
		{narrated, `gestern|vorgestern|neulich|damals|seinerzeit|in meiner alten firma|beim alten arbeitgeber|alter chef|alten firma|früheren firma|geholt|genommen|angeblich|anscheinend|man munkelt|es heißt|hieß es|ich habe gelesen|habe gelesen|habe gehört|hab gehört|habe ich gehört|gerüchteweise|geträumt|nachbar|nachbarn|nachbarin|konkurrent|konkurrenten|konkurrenz|von gegenüber|von nebenan|nebenan|ein freund|freund von mir|erzählt|erzählte|erzählen|sind angekommen|ist angekommen|angekommen|nicht angekommen|noch nicht da|sind nicht da|auf der rechnung stehen|auf der rechnung steht|rechnung stehen|danke für die|danke für das|danke für den|wo sind|wo bleiben|bietet uns|bieten uns|bietet an|bekommen haben|bestellt haben|gekauft haben|bestellt hatten|gekauft hatten|bestellt hat|gekauft hat|bestellt hätte|gekauft hätte|genommen hätte|hätten gekauft|hätten bestellt`},
		{unreal, every("wenn|falls|was wenn|selbst wenn", "wir|ich|alle|man", "")},
		{unreal, `angenommen|gesetzt den fall|nehmen wir an|stell dir vor|stellen sie sich vor|zu viele|zu viel|reicht|ausreichen|genügen|stimmt das|ist das richtig|ein fehler|aus versehen|versehentlich|wirklich nötig|lohnt|lohnt es sich|macht das sinn|sinnvoll|meinst du|meinen sie|glaubst du`},
		{denial, every("nicht|keine|doch nicht|nicht mehr|doch keine", "brauchen|nehmen|kaufen|bestellen|benötigen|verwenden|anschaffen")},
		{denial, every("niemand|keiner|niemand hier|keiner hier", "hat|will|braucht|wollte", "|hier|uns")},
		{compare, `besser geeignet|die bessere wahl|die richtige wahl|die beste wahl|passt besser|besser passt`},
		{filler, `wie letztes jahr|wie letzten monat|wie letztes mal|wie beim letzten mal|wie im letzten jahr|wenn möglich|falls möglich|wenn es geht|wenns geht|wenn du kannst|wenn sie können|wenn das geht`},
	},
	chinese: {
		{narrated, `去年|前年|上个月|上月|上周|昨天|前天|前几天|以前|当年|当时|早些时候|那时候|听说|据说|传闻|据传|有人说|听人说|做梦|梦见|梦到|隔壁|对面那家|对面公司|竞争对手|老东家|以前的公司|前公司|上家公司|别家公司|人家公司|朋友的公司|朋友给|单位买了|广告上|账单上|发票上|以为|还没到|已经到了|都到了|到货了|收到了|已收到|谢谢那|感谢那|多谢那|给我们推荐|向我们推荐|跟我们推荐|推销|我们订的|我订的|我们买的|我买的|买过|他觉得|她觉得|他们觉得`},
		{narrated, every(years, "年")},
		{unreal, `如果|假如|要是|假设|万一|倘若|假使|若是|够吗|够用吗|够不够|够不够用|人用吗|太多|太少|是不是多|值不值|值得吗|对吗|对不对|错误|是个错|弄错|有必要吗|合理吗|划算吗|会不会`},
		{denial, `没有人要|没人要|没人需要|没人想要|没有人需要|没有人想要|谁也不要|谁都不要|用不上|用不到|千万别|不会买|不会要|不会订|不会采购|不打算要|我们不用|我们不买|不需要那`},
		{compare, `更合适|哪个合适|更适合|选哪个|哪个划算`},
		{filler, `和去年一样|跟去年一样|同去年一样|像去年一样|跟上次一样|和上次一样|如果可以|如果可能|如果方便|如果行|要是方便|如果可以的话|如果方便的话`},
	},
}
