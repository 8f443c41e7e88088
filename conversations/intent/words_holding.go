package intent

// holding is how people ask for what the company has, drop what they began, and give and
// take licences.
var holding = [languages][]entry{
	english: {
		{owned, every("when's|when is|when will|when does|when do", "our|my|the", "|contract for|licence for|subscription for|plan for")},
		{owned, every("everything|all|what|the things|things", "we|i|the company|our company|the firm|we currently|we already", "pay for|are paying for|own|have bought|has bought|hold|holds|are subscribed to|subscribe to")},
		{owned, every("nobody|no one|noone", "uses|is using|needs any more|needs anymore")},
		{owned, every("how many", "are we on|do we use|are we using|do we hold|are not in use|aren't in use|are unused|are idle|are taken|are used|are in use|do we own|do we pay for|do we still have")},
		{owned, `lying around|anything expiring|expiring soon|run out soon|runs out soon|coming up for renewal|not in use|not being used|has bought so far|has bought already|have bought so far|company hold|company holds|we are on|to spare`},
		{cancel, every("let's|let us|we should|i'd rather|i would rather", "not do this|not do that|not bother|not continue|leave it|drop it|forget it|forget this|not|not buy anything|stop here")},
		{cancel, every("throw|chuck|toss|scrap|bin|drop|trash", "the whole thing|it all|this purchase|that purchase|all of it|all of this|the lot|this order|that order|the order|it away|everything out|the whole thing out|the whole lot|it out")},
		{cancel, `get me out of here|get me out|let me out|i've changed my mind|i have changed my mind|we've changed our mind|we changed our mind|changed our minds|don't feel like it|i don't want to go on|don't want to go on|take me out of this|that's enough for today|not now thanks|i'm out|close the form|stop the purchase|no longer interested|let's call it a day`},
		{unassignVerb, every("take|get|pull|strip|wipe", "it|them|that", "off|away|back")},
		{unassignVerb, every("should|must|can|has to|may|needs to", "lose|give up|give back|go without|be taken back|be taken away|be removed|be revoked|be freed")},
		{unassignVerb, `free his|free her|free their|freeing up|can be taken back|does not need|doesn't need|no longer uses|has no more need|cut off|withdraw his|withdraw her|withdraw their|pull his|pull her|pull their|take his|take her|take their`},
		{assignVerb, `pass|make available|put on|gets one of|gets a spare|gets a free|gets an unused|should get one of|let have|lend|hand over`},
	},
	french: {
		{owned, every("combien de|combien d'", "sièges|licences|places|postes", "ne servent pas|sont inutilisés|sont inutilisées|dorment|traînent|sont utilisés|sont utilisées")},
		{owned, every("tout ce que|tout ce qu'|ce que|ce qu'", "on|nous|la société|l'entreprise|la boîte|elle", "paie|payons|possède|possédons|a déjà acheté|a acheté|avons acheté|avons déjà acheté|détient|paye")},
		{owned, every("il nous reste|il reste|nous reste-t-il|il nous reste encore|il reste encore|on a encore|il y a encore", "|des|combien|encore")},
		{owned, every("quand|jusqu'à quand|quand est-ce que|à quelle date", "|notre|nos|mon|le|les", "court|arrive à terme|se termine|se terminent|finit|finissent|prend fin|prennent fin|arrivent à terme")},
		{owned, `arrive à terme|arrivent à terme|jusqu'à quand court|jusqu'à quand|prend fin|qui traînent|qui traîne|qui dorment|dont personne ne se sert|que personne n'utilise|ne servent pas|ne sert pas|on est à combien|nous sommes à combien|qui expire|qui expirent|déjà acheté par|a déjà acheté|possède la société|possède l'entreprise`},
		{cancel, every("on|je|nous", "laisse|laissons", "tout tomber|ça tomber|tomber ça|ça|tout")},
		{cancel, every("jette|jetez|bazarde|supprime|efface|vire|balance|retire", "cette commande|cet achat|tout|tout ça|ma commande|l'achat|la commande en cours")},
		{cancel, `laisse tout tomber|tout laisser tomber|sors-moi de là|sortez-moi de là|n'en veux plus|je n'en veux plus|on n'en veut plus|j'ai changé d'idée|on a changé d'avis|nous avons changé d'avis|finalement rien|non rien|plus rien|je renonce|on renonce|nous renonçons|pas la peine finalement|on en reste là|ça ne m'intéresse plus|mets fin à cet achat|je laisse tomber|je préfère arrêter`},
		{unassignVerb, every("supprime|supprimez|supprimer|coupe|coupez|libère|sors|dégage", "|la|le|son|sa|l'accès|l'accès à")},
		{unassignVerb, `récupérer la licence|récupérer le|récupérer son|récupérer sa|récupère la licence|récupère son|récupère sa|plus besoin de sa licence|doit rendre|peut rendre|doit perdre`},
		{assignVerb, `passe une licence|passe un|passe une|file un|file une|reçoit une de|reçoit un de|transmets|confie|mets à disposition|prête`},
	},
	german: {
		{owned, every("wie viele|wieviele|wie viel", "plätze|lizenzen|sitze", "werden nicht genutzt|werden genutzt|liegen brach|sind ungenutzt|nutzt keiner|nutzt niemand|sind unbenutzt|sind noch übrig")},
		{owned, every("alles|alles , was|was|alles was", "wir|die firma|unsere firma|das unternehmen|unser unternehmen|die firma schon|die firma bereits|wir schon|wir bereits", "|so|alles|schon|bisher", "bezahlen|zahlen|besitzen|gekauft hat|gekauft haben|besitzt|abonniert haben|abonniert hat")},
		{owned, every("wie lange", "läuft|laufen|geht|gilt|gelten", "|unser|unsere|das|die|noch")},
		{owned, `wofür wir zahlen|wofür wir bezahlen|was läuft|läuft demnächst aus|läuft bald aus|laufen bald aus|die keiner nutzt|die niemand nutzt|die keiner braucht|rumliegen|herumliegen|rumliegend|nicht genutzt|bei uns im einsatz|im einsatz|liegen brach|noch rum|sind belegt|gekauft hat|schon gekauft hat|endet unser|endet unsere|enden unsere`},
		{cancel, every("schmeiß|schmeiss|wirf|werfen sie|lösch|lösche|streich|streiche|kipp", "den einkauf weg|die bestellung weg|den kauf weg|alles weg|das weg|den einkauf|die bestellung|den kauf|das ganze|alles raus|alles")},
		{cancel, `lassen das bleiben|lassen wir das bleiben|lass das bleiben|lass bleiben|lass es sein|lass das sein|lassen wir es|doch lieber nicht|lieber doch nicht|raus hier|hol mich hier raus|ich will raus|das ganze vergessen|vergiss das ganze|vergiss alles|hab's mir anders überlegt|hab es mir anders überlegt|haben es uns anders überlegt|wir haben es uns anders überlegt|kein interesse mehr|will nicht weiter|ich höre auf|mach schluss|schluss damit|brech das ab|breche das ab|ich breche ab|wir brechen ab|nicht weitermachen|kannst du vergessen`},
		{unassignVerb, `raus|rausnehmen|herausnehmen|rausnimm|streich|streiche|streichen|abknöpfen|kassieren|kassiere|zurückgeben lassen|hol es zurück|hol sie zurück|einsammeln|sammle ein|rauswerfen|wirf raus|freischaufeln|braucht nicht mehr|nicht mehr für`},
		{negation, `lass bitte weg|lass weg|weglassen|lassen wir weg|bitte weglassen|lass es weg`},
		{assignVerb, `bekommt ein|bekommt eine|bekommt einen|bekommt eins|kriegt ein|kriegt eine|kriegt eins|soll eine|soll ein|überlasse|überlassen|bereitstellen|stell bereit|freischalten|schalte frei|kriegt eine von|bekommt eine von`},
	},
	chinese: {
		{owned, `列出我们付费的|付费的所有|我们付费的|没用完的|没用完|没人用|没在用的|还剩几个没用|几个没用|没用的还有|用到什么时候|到什么时候|什么时候为止|什么时候到期|什么时候结束|要过期的|快过期|快到期的|即将到期|还有剩的|还有多余|多余的吗|公司都买过|公司买了|公司已经买了|公司已购|已经买了的|已买了的|买了的许可证|还没用完|有剩余|还剩下|在用几个|一共有几个在用|在用多少`},
		{cancel, every("不想|不要|别|先不|不", "|再", "继续|弄|搞|办", "了|下去|下去了")},
		{cancel, `这单不要了|这单取消|的购买不要了|购买不要了|订单不要了|全都不要了|都不要了|当我没来过|就到这吧|到此为止|扔掉吧|全扔掉|整个取消|这次算了|下次再说吧|改天再买|关掉吧|不打算买了`},
		{unassignVerb, `不用了|取消掉|收回吧|收回来|撤回来|停用他的|停用她的|腾出来|空出来|腾出|移出|踢出|移除掉|清退|没收|不再用|不再使用|用不着了`},
		{annual, every("每年|一年|每 1 年|年", "付|结|交|缴|扣|结账|付款", "一次")},
		{monthly, every("每月|一个月|每个月|月", "付|结|交|缴|扣|结账|付款", "一次|")},
		{assignVerb, `分一个|分一份|分个|给用|开一个给|拨一个|拨给|匀一个|匀给|腾一个给|转给|让给`},
	},
}
