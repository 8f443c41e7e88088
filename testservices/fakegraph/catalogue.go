package fakegraph

import (
	"slices"
	"strings"
)

// Product is what a SKU is: its string id, and the service plans in it.
type Product struct {
	SKU, Part string
	Plans     []Plan
}

// Plan is a service plan.
type Plan struct{ ID, Name string }

// plans are service plans that matter to what may be assigned beside what, with Microsoft's ids.
var plans = map[string]string{
	"EXCHANGE_S_STANDARD": "9aaf7827-d63c-4b61-89c3-182f06f82e5c", "EXCHANGE_S_ENTERPRISE": "efb87545-963c-4e0d-99df-69c6916d9eb0",
	"EXCHANGE_S_DESKLESS": "4a82b400-a79f-41a4-b4e2-e94f5787b113", "SHAREPOINTSTANDARD": "c7699d2e-19aa-44de-8edf-1736da088ca1",
	"SHAREPOINTENTERPRISE": "5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTDESKLESS": "902b47e5-dcb2-4fdc-858b-c63a90a2bdb9",
	"TEAMS1": "57ff2da0-773e-42df-b2af-ffb7a2317929", "MCOEV": "4828c8ec-dc2e-4779-b502-87ac9ce28ab7",
	"OFFICESUBSCRIPTION": "43de0ff5-c92c-492b-9116-175376d08c38", "OFFICE_BUSINESS": "094e7854-93fc-4d55-b2c0-3ab5369ebdc1",
	"AAD_PREMIUM": "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM_P2": "eec0eb4f-6444-4f95-aba0-50c24d67f998",
	"INTUNE_A": "c1ec4a95-1f05-45b3-a911-aa3fa01094f5", "BI_AZURE_P2": "70d33638-9c74-4d01-bfd3-562de28bd4ba",
	"VISIOONLINE": "2bdbaf8f-738f-4ac7-9234-3c3ee2ce7d0f", "ATP_ENTERPRISE": "f20fedf3-f3c3-43c3-8267-2bfdd51c0939",
	"M365_COPILOT_APPS": "a62f8878-de10-42f3-b68f-6149a25ceb97", "MDE_SMB": "bfc1bbd9-981f-4f71-9b82-17c35fd0e2a4",
}

// exclusive are plans of which a person has one at the most.
var exclusive = [][]string{
	{"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_DESKLESS"},
	{"SHAREPOINTSTANDARD", "SHAREPOINTENTERPRISE", "SHAREPOINTDESKLESS"},
}

// needs are plans that are nothing without one of others.
var needs = map[string][]string{
	"MCOEV": {"TEAMS1"}, "ATP_ENTERPRISE": {"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE"},
	"M365_COPILOT_APPS": {"OFFICESUBSCRIPTION", "OFFICE_BUSINESS"},
}

// The products that tests name most, by their SKUs.
const (
	BusinessBasic       = "3b555118-da6a-4418-894f-7df1e2096870"
	BusinessStandard    = "f245ecc8-75af-4f8e-b61f-27d8114de5f3"
	BusinessPremium     = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"
	OfficeE1            = "18181a46-0d4e-45cd-891e-60aabd171b4e"
	OfficeE3            = "6fd2c87f-b296-42f0-b197-1e91e994b900"
	M365F3              = "66b55226-6b4f-492c-910c-a3b7a3c9d993"
	M365E3              = "05e9a617-0261-4cee-bb44-138d3ef5d965"
	M365E5              = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"
	TeamsPhone          = "e43b5b99-8dfb-405f-9987-dc307f34bcbd"
	Copilot             = "639dec6b-bb19-468b-871c-c5c441c4b0cb"
	VisioPlan1          = "4b244418-9658-4451-a2b8-b5e2b364e9bd"
	PowerBIPro          = "f8a1db68-be16-40ed-86d5-cb42ce701560"
	EntraP1             = "078d2b04-f1bd-4111-bbd4-b4b1b354cef4"
	DefenderForOfficeP2 = "3dd6cf57-d688-4eed-ba52-9e40b5468c3e"
	ExchangeP1          = "4b9405b0-7788-4568-add1-99614e613b69"
	ExchangeP2          = "19ec0d23-8335-4cbd-94ac-6050e30712fa"
)

// catalogue is what is known of products from the start, each with those of its plans that matter.
func catalogue() map[string]Product {
	all := map[string]Product{}
	for sku, line := range map[string]string{
		BusinessBasic: "O365_BUSINESS_ESSENTIALS EXCHANGE_S_STANDARD SHAREPOINTSTANDARD TEAMS1", BusinessStandard: "O365_BUSINESS_PREMIUM EXCHANGE_S_STANDARD SHAREPOINTSTANDARD TEAMS1 OFFICE_BUSINESS",
		BusinessPremium: "SPB EXCHANGE_S_STANDARD SHAREPOINTSTANDARD TEAMS1 OFFICE_BUSINESS AAD_PREMIUM INTUNE_A", OfficeE1: "STANDARDPACK EXCHANGE_S_STANDARD SHAREPOINTSTANDARD TEAMS1",
		OfficeE3: "ENTERPRISEPACK EXCHANGE_S_ENTERPRISE SHAREPOINTENTERPRISE TEAMS1 OFFICESUBSCRIPTION", M365F3: "SPE_F1 EXCHANGE_S_DESKLESS SHAREPOINTDESKLESS TEAMS1 AAD_PREMIUM INTUNE_A",
		M365E3:                                 "SPE_E3 EXCHANGE_S_ENTERPRISE SHAREPOINTENTERPRISE TEAMS1 OFFICESUBSCRIPTION AAD_PREMIUM INTUNE_A",
		M365E5:                                 "SPE_E5 EXCHANGE_S_ENTERPRISE SHAREPOINTENTERPRISE TEAMS1 OFFICESUBSCRIPTION AAD_PREMIUM AAD_PREMIUM_P2 INTUNE_A MCOEV BI_AZURE_P2 ATP_ENTERPRISE",
		"c7df2760-2c81-4ef7-b578-5b5392b571df": "ENTERPRISEPREMIUM EXCHANGE_S_ENTERPRISE SHAREPOINTENTERPRISE TEAMS1 OFFICESUBSCRIPTION MCOEV BI_AZURE_P2 ATP_ENTERPRISE",
		"4b585984-651b-448a-9e53-3b10f069cf7f": "DESKLESSPACK EXCHANGE_S_DESKLESS SHAREPOINTDESKLESS TEAMS1", "cdd28e44-67e3-425e-be4c-737fab2899d3": "O365_BUSINESS OFFICE_BUSINESS",
		"c2273bd0-dff7-4215-9ef5-2c7bcfb06425": "OFFICESUBSCRIPTION OFFICESUBSCRIPTION", "3ab6abff-666f-4424-bfb7-f0bc274ec7bc": "TEAMS_ESSENTIALS_AAD TEAMS1",
		ExchangeP1: "EXCHANGESTANDARD EXCHANGE_S_STANDARD", ExchangeP2: "EXCHANGEENTERPRISE EXCHANGE_S_ENTERPRISE", "80b2d799-d2ba-4d2a-8842-fb0d0f3a4b82": "EXCHANGEDESKLESS EXCHANGE_S_DESKLESS",
		"1fc08a02-8b3d-43b9-831e-f76859e04e1a": "SHAREPOINTSTANDARD SHAREPOINTSTANDARD", TeamsPhone: "MCOEV MCOEV", Copilot: "Microsoft_365_Copilot M365_COPILOT_APPS",
		VisioPlan1: "VISIOONLINE_PLAN1 VISIOONLINE", PowerBIPro: "POWER_BI_PRO BI_AZURE_P2", EntraP1: "AAD_PREMIUM AAD_PREMIUM", DefenderForOfficeP2: "THREAT_INTELLIGENCE ATP_ENTERPRISE",
		"84a661c4-e949-4bd2-a560-ed7766fcaf2b": "AAD_PREMIUM_P2 AAD_PREMIUM AAD_PREMIUM_P2", "061f9ace-7d42-4136-88ac-31dc755f143f": "INTUNE_A INTUNE_A",
		"efccb6f7-5641-4e0e-bd10-b4976e1bf68e": "EMS AAD_PREMIUM INTUNE_A", "5e1e7702-a2b7-4360-8d07-2f515792896f": "MDE_SMB MDE_SMB",
	} {
		names := strings.Fields(line)
		all[sku] = product(sku, names[0], names[1:])
	}
	return all
}

func product(sku, part string, names []string) Product {
	p := Product{SKU: sku, Part: part}
	for _, name := range names {
		p.Plans = append(p.Plans, Plan{plans[name], name})
	}
	return p
}

// Sell makes a product known, or another of what is known: its plans conflict with none and
// need none, unless they are named as ones that do.
func (g *Graph) Sell(p Product) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.products[p.SKU] = p
}

// product is that of a SKU. One that nobody knows has one plan of its own.
func (g *Graph) product(sku string) Product {
	if p, known := g.products[sku]; known {
		return p
	}
	return Product{SKU: sku, Part: "SKU_" + sku[:8], Plans: []Plan{{sku, "PLAN_" + sku[:8]}}}
}

// conflict are two of the plans that nobody has both of, and whether there are any.
func conflict(names []string) (one, other, form string, found bool) {
	for i, group := range exclusive {
		var both []string
		for _, name := range names {
			if slices.Contains(group, name) && !slices.Contains(both, name) {
				both = append(both, name)
			}
		}
		if len(both) > 1 {
			return both[0], both[1], []string{"exclusive", "conflict"}[i], true
		}
	}
	return "", "", "", false
}

// lacking is a plan that another is missing for.
func lacking(names []string) (plan string, of []string, found bool) {
	for _, name := range names {
		wanted := needs[name]
		if len(wanted) > 0 && !slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(names, w) }) {
			return name, wanted, true
		}
	}
	return "", nil, false
}
