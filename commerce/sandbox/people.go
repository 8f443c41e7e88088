package sandbox

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"cartwright/commerce"
)

// names are combined into people; two lists whose lengths have no common factor give
// as many different people as the product of their lengths.
type names struct {
	given, family []string
	chinese       bool // written together, family name first; each with its pinyin: "伟 wei"
}

var (
	european = names{given: strings.Fields(`Amélie Bastien Camille Désirée Émile Fatou Gaël Hélène Inès João Karim Léa
		Maëlle Niels Océane Pilar Quentin Renée Søren Théo Ulrike Věra Wiktor Xavier Yaël Zoé Álvaro Łucja Noémie Björn Chiara`),
		family: strings.Fields(`Aubert Bianchi Chevalier Dubois Estévez Faure Girard Haddad Ivanova Joly Kowalski Lefèvre
		Moreau Nguyen Olsen Petit Quéré Rousseau Şahin Traoré Urbain Vasseur Weber Ximénez Yıldız Zieliński Âgren Besson
		Carpentier Diallo Évrard Fontaine Gauthier Hernández Ibsen Jacquet Keller`)}
	german = names{given: strings.Fields(`Anke Bernd Claudia Dörte Emre Friederike Günter Hanna Ingo Jürgen Katrin Lukas
		Merle Nils Ömer Petra Rüdiger Sabine Tobias Ute Volker Wiebke Yvonne`),
		family: strings.Fields(`Albrecht Böhm Conrad Dietrich Engel Fuchs Großmann Hartmann Jäger Krüger Lang Möller
		Neumann Otto Pfeiffer Richter Schäfer Thiele Ullrich Vogt Weiß Yılmaz Zimmermann Brandt Ebert Franke Günther Hoffmann Kaiser`)}
	chinese = names{chinese: true, given: strings.Split(`伟 wei|芳 fang|娜 na|秀英 xiuying|敏 min|静 jing|丽 li|强 qiang|磊 lei|洋 yang|艳 yan|勇 yong|军 jun|杰 jie|娟 juan|涛 tao|明 ming|超 chao|秀兰 xiulan|霞 xia|平 ping|刚 gang|桂英 guiying`, "|"),
		family: strings.Split(`王 wang|李 li|张 zhang|刘 liu|陈 chen|杨 yang|黄 huang|赵 zhao|吴 wu|周 zhou|徐 xu|孙 sun|马 ma|朱 zhu|胡 hu|郭 guo|何 he|林 lin|高 gao`, "|")}
)

func namesOf(country string) names {
	switch country {
	case "CN":
		return chinese
	case "DE", "AT":
		return german
	}
	return european
}

// people makes n of them up, all able to get a licence.
func people(org commerce.Organisation, n int) []commerce.User {
	users, names := make([]commerce.User, n), namesOf(org.Country)
	for i := range users {
		name, mailbox := names.person(i)
		users[i] = commerce.User{
			ID: fmt.Sprintf("%s-%03d", org.ID, i+1), Name: name, Address: mailbox + "@" + org.ID + ".example", Location: org.Country,
		}
	}
	return users
}

// person is the i-th person's name and the local part of their address.
func (n names) person(i int) (name, mailbox string) {
	given, family := n.given[i%len(n.given)], n.family[i%len(n.family)]
	if !n.chinese {
		return given + " " + family, folded(given) + "." + folded(family)
	}
	written, spoken, _ := strings.Cut(given, " ")
	familyWritten, familySpoken, _ := strings.Cut(family, " ")
	return familyWritten + written, spoken + "." + familySpoken
}

// letters that Unicode does not take apart into a letter and an accent
var letters = strings.NewReplacer("ø", "o", "ł", "l", "ı", "i", "ß", "ss", "æ", "ae", "œ", "oe", "đ", "d")

// folded is s in lower case and without accents.
func folded(s string) string {
	bare, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn))), strings.ToLower(s))
	if err != nil {
		bare = strings.ToLower(s)
	}
	return letters.Replace(bare)
}

// byName orders users the same way whatever the database collates by.
func byName(a, b commerce.User) int {
	return cmp.Or(cmp.Compare(folded(a.Name), folded(b.Name)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}
