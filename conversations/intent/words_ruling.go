package intent

// ruling is how people let pass, or not, what others asked for, or set what it costs. Nothing
// here does so; a message of that kind only must not be read as a purchase.
var ruling = [languages][]entry{
	english: {
		{past, `wasted|have wasted|has wasted`},
		{approve, every("|i|we|i'd|i'll|please", "give|gives|giving|grant|grants", "|your|my|our|the|an|a|it your|it the|them your|them the", "ok|okay|go-ahead|go ahead|blessing|consent|approval|green light|thumbs up|nod|sign-off|permission|clearance|all clear|assent")},
		{approve, every("|it's|it is|that's|all|i'm|i am", "ok|okay|fine|good|happy|alright|cool", "with|for the|with the|by me|for my part|from me")},
		{approve, every("ok|okay|yes|no|nod", "to|to the|for the|for these|for those|to these|to those|for")},
		{approve, `go ahead with|go ahead and approve|lgtm|looks good to me|thumbs up|all clear|agreed|denied|denies|declined|declines|refused|refuses|okayed|greenlit|vetoed|veto|permit|permitted|i'm ok with|i am ok with|good to go|cleared|signed off|granted|let through|wave through|waved through`},
		{program, every("set|make|change|lower|cut|drop|put|reduce|fix|bring|adjust|alter", "the|its|their|that|this|", "price|prices|cost|price tag|unit price|total price")},
	},
	french: {
		{takenBack, `je suis contre|on est contre|nous sommes contre|moi je suis contre`},
		{approve, every("donne|donnez|donner|donnons|accorde|accordez", "|ton|votre|mon|notre|le|un|l'", "accord|feu vert|aval|ok|approbation|consentement|autorisation|bénédiction|go|visa")},
		{approve, every("|c'est", "ok|d'accord|bon|oui|non", "pour les|pour ces|avec les|avec|pour")},
		{approve, `bon pour accord|vu et approuvé|lu et approuvé|c'est validé|c'est approuvé|c'est bon de mon côté|c'est ok de mon côté|validé|validée|validés|validées|approuvé|approuvée|approuvés|approuvées|refusé|refusée|refusés|refusées|rejeté|rejetée|rejetés|rejetées|accepté|acceptée|acceptés|acceptées|confirmé|confirmée|confirmés|confirmées|accordé|accordée|accordés|accordées|autorisé|autorisée|autorisés|autorisées|signé`},
		{program, every("mets|mettez|mettre|fixe|fixez|fixer|change|changez|changer|baisse|baissez|baisser|passe|passez|modifie|modifiez|modifier|descends|réduis|ramène|ramenez", "|-", "le|son|leur|les|ce", "prix|tarif|tarifs|coût|prix unitaire")},
	},
	german: {
		{label, `pos .|pos`},
		{approve, every("gib|gebt|geben sie|gebe|erteile|erteil|erteilen sie|erteilen", "|bitte", "|dein|deine|ihr|ihre|euer|das|die|mein|meine|eine|den|deinen|meinen", "ok|okay|einverständnis|zustimmung|freigabe|segen|genehmigung|plazet|go|erlaubnis|grünes licht")},
		{approve, every("ok|okay|ja|nein|einverstanden|zustimmung|freigabe", "für die|zu den|zu|mit den|mit|für")},
		{approve, `geht das klar|geht das in ordnung|ist das ok|ist das okay|freigeben bitte|bitte freigeben|geht klar|gehen klar|geht in ordnung|gehen in ordnung|von mir aus ok|einverstanden|zugestimmt|genehmigt|freigegeben|bestätigt|abgelehnt|bewilligt|zurückgewiesen|gebilligt|stattgegeben`},
		{program, every("setz|setze|setzen sie|setzt|ändere|ändern sie|ändert|mach|mache|machen sie|senk|senke|senken sie|stell|stelle|leg|lege|drück|drücke|reduzier|reduziere|verringere|pass", "|bitte|mal", "den|die|ihren|seinen", "preis|preise|stückpreis|gesamtpreis|kosten")},
	},
	chinese: {
		{approve, `准了|准予|开绿灯|点头|放行|审批通过|已批准|已确认|已同意|已通过|已驳回|已拒绝|已审批|已审核|已核准|我批|只批|不批|不同意|许可了|照准`},
		{program, every("价格|价钱|单价|总价|售价", "改成|改为|改到|设成|设为|设置为|调成|调到|调为|降到|降为|变成|定为|定成|换成")},
	},
}
