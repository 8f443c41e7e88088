package intent

// passing is how people speak of what is not paid for yet, of how something is done and what it
// would cost, with goods named in passing.
var passing = [languages][]entry{
	english: {
		{filler, `end up in|ended up in|w /`},
		{cart, every("haven't|have not|hasn't|hasn't been|haven't been|not|not been|isn't|aren't|not yet", "checked out|paid for yet", "|yet")},
		{cart, every("what i've|what we've|what i have|what we have|everything i've|all i've", "put together|put together already", "|so far")},
		{help, every("what", "would i have to|would i need to|would we have to|do i need to|do we need to", "type|write|say|do|enter")},
		{howTo, every("tell me|know|understand|wonder|wondering|show us|me", "how", "to|i|we|one|buying|ordering|purchasing|assigning")},
		{price, `volume discount|bulk discount|quantity discount|unit price|unit prices|price per seat`},
		{other, `share|shared`},
		{owned, `expired`},
		{denial, every("didn't|did not|never", "want|wanted|ask for|asked for|mean to buy|mean to order")},
		{howTo, every("what are|what're|which are|any|are there any", "the|", "steps|instructions", "to|for")},
		{unit, every("0", "devices|device|machines|computers")},
		{cancel, every("forget|kill|stop", "the|this|that", "whole|entire|", "purchase|transaction|dialogue|form|thing|order")},
		{cancel, every("drop|scrap", "the|this", "whole|entire|", "purchase|order")},
	},
	french: {
		{other, `partager|partagent`},
		{owned, `expiré|expirés|expirées|nous en reste|nous en reste combien|en reste combien`},
		{help, `apprends-moi|apprenez-moi|m'apprendre|nous apprendre`},
		{show, `rouvrir|rouvre|revoir|revoyons|jeter un œil à|jeter un oeil à`},
		{cart, every("pas encore|pas", "payé|payée|payés|réglé|réglés|validé dans le panier")},
		{howTo, every("|quelle est|c'est quoi|quelle serait", "la", "marche à suivre|procédure pour|démarche pour|manière de|façon de")},
		{filler, `courent|pas à pas|étape par étape`},
		{compare, every("|lequel|laquelle|lesquels|qui|qu'est-ce qui", "vaut mieux|valent mieux|convient mieux|convient le mieux|conviendrait mieux|va mieux")},
		{price, `remise sur volume|tarif dégressif|prix dégressif|prix unitaire|dégressif`},
		{unit, every("0", "appareils|appareil|ordinateurs|machines")},
	},
	german: {
		{cart, every("noch|bei mir noch|da noch|hier noch", "auf den kauf|auf die bestellung|aufs bezahlen|auf bezahlung")},
		{cart, every("noch nicht", "bezahlt habe|bezahlt haben|bestellt habe|bestellt haben|bezahlte")},
		{other, `teilen`},
		{owned, every("wie lange", "haben wir|habe ich|haben wir noch")},
		{owned, `abgelaufen`},
		{howTo, every("welche", "schritte")},
		{filler, `z . b .|zb|schritt für schritt`},
		{price, `mengenrabatt|staffelpreis|staffelpreise|staffelrabatt|stückpreis|einzelpreis`},
		{unit, every("0", "geräten|geräte|gerät|rechnern|computern")},
		{cancel, every("vergiss|vergesst|vergessen sie|verwirf|beende|brich", "den|die|das|diesen|diese|dieses", "vorgang|einkauf|kauf|bestellvorgang|eingabe")},
		{other, every("zieht|ziehen|zog|zogen", "in|um|nach|ins")},
	},
	chinese: {
		{cart, every("还没|还没有|尚未|还未|未|没|没有", "结账|付款|支付|下单|结算|买单", "的", "|东西|都有哪些|有哪些|产品")},
		{question, `到底是|究竟是`},
		{show, `想知道|我想知道|想了解`},
		{owned, `谁在用|有多少没人用|多少没人用|多少没在用|里有多少`},
		{filler, `特别是|尤其是|一步步|一步一步`},
		{unit, every("0", "台设备|台机器|个设备")},
	},
}
