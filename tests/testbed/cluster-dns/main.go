// Answers DNS for the Services of a test bed's cluster, as the Kubernetes DNS specification has it: A and SRV records of Services,
// every ready address of headless ones, CNAME for external names. Nothing outside cluster.local exists here: a test bed has no network
// but its own. Built within the Kubernetes source tree (lib/binaries.sh), whose vendored libraries it uses.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"strings"

	"github.com/miekg/dns"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/clientcmd"
)

const ttl = 5

type server struct {
	services  corelisters.ServiceLister
	endpoints corelisters.EndpointsLister
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig file")
	address := flag.String("address", "", "address and port to answer on, over UDP and TCP")
	flag.Parse()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal(err)
	}
	factory := informers.NewSharedInformerFactory(kubernetes.NewForConfigOrDie(config), 0)
	s := &server{
		services:  factory.Core().V1().Services().Lister(),
		endpoints: factory.Core().V1().Endpoints().Lister(),
	}
	factory.Start(wait.NeverStop)
	factory.WaitForCacheSync(wait.NeverStop)

	failed := make(chan error)
	for _, network := range []string{"udp", "tcp"} {
		listener := &dns.Server{Addr: *address, Net: network, Handler: dns.HandlerFunc(s.answer)}
		go func() { failed <- listener.ListenAndServe() }()
	}
	log.Fatal(<-failed)
}

func (s *server) answer(w dns.ResponseWriter, query *dns.Msg) {
	reply := new(dns.Msg)
	reply.SetReply(query)
	reply.Authoritative = true
	if len(query.Question) == 1 {
		question := query.Question[0]
		records, exists := s.look(strings.ToLower(question.Name))
		if !exists {
			reply.Rcode = dns.RcodeNameError
		}
		for _, record := range records {
			// A name that exists but has no record of the type asked for (AAAA) gets an empty answer: resolvers then do not give it up.
			kind := record.Header().Rrtype
			if kind == question.Qtype || kind == dns.TypeCNAME {
				record.Header().Name = question.Name
				reply.Answer = append(reply.Answer, record)
			}
		}
	} else {
		reply.Rcode = dns.RcodeFormatError
	}
	if w.RemoteAddr().Network() == "udp" {
		size := dns.MinMsgSize
		if extension := query.IsEdns0(); extension != nil {
			size = int(extension.UDPSize())
		}
		if reply.Len() > size {
			reply.Answer = nil
			reply.Truncated = true
		}
	}
	if err := w.WriteMsg(reply); err != nil {
		log.Print(err)
	}
}

// look returns the records of a name of the form [_port._protocol. | host.]service.namespace.svc.cluster.local.
func (s *server) look(name string) ([]dns.RR, bool) {
	const zone = ".svc.cluster.local."
	if !strings.HasSuffix(name, zone) {
		return nil, name == zone[1:] || name == "cluster.local."
	}
	labels := strings.Split(strings.TrimSuffix(name, zone), ".")
	if len(labels) < 2 {
		return nil, false
	}
	service, err := s.services.Services(labels[len(labels)-1]).Get(labels[len(labels)-2])
	if err != nil {
		return nil, false
	}
	suffix := fmt.Sprintf("%s.%s%s", service.Name, service.Namespace, zone)
	var addresses []v1.EndpointAddress
	switch {
	case service.Spec.Type == v1.ServiceTypeExternalName:
		return []dns.RR{&dns.CNAME{Hdr: header(dns.TypeCNAME), Target: dns.Fqdn(service.Spec.ExternalName)}}, len(labels) == 2
	case service.Spec.ClusterIP == v1.ClusterIPNone:
		addresses = s.ready(service)
	default:
		addresses = []v1.EndpointAddress{{IP: service.Spec.ClusterIP}}
	}

	var records []dns.RR
	switch len(labels) {
	case 2:
		for _, address := range addresses {
			records = append(records, a(address.IP))
		}
		return records, true
	case 3:
		for _, address := range addresses {
			if service.Spec.ClusterIP == v1.ClusterIPNone && host(address) == labels[0] {
				records = append(records, a(address.IP))
			}
		}
		return records, len(records) > 0
	case 4:
		for _, port := range service.Spec.Ports {
			if "_"+port.Name != labels[0] || "_"+strings.ToLower(string(port.Protocol)) != labels[1] {
				continue
			}
			for _, address := range addresses {
				target := suffix
				if service.Spec.ClusterIP == v1.ClusterIPNone {
					target = host(address) + "." + suffix
				}
				records = append(records, &dns.SRV{Hdr: header(dns.TypeSRV), Weight: 1, Port: uint16(port.Port), Target: target})
			}
		}
		return records, len(records) > 0
	}
	return nil, false
}

func (s *server) ready(service *v1.Service) []v1.EndpointAddress {
	var all []v1.EndpointAddress
	if endpoints, err := s.endpoints.Endpoints(service.Namespace).Get(service.Name); err == nil {
		for _, subset := range endpoints.Subsets {
			all = append(all, subset.Addresses...)
		}
	}
	return all
}

// host is the label of one address of a headless Service: the Pod's hostname, or its address with dashes.
func host(address v1.EndpointAddress) string {
	if address.Hostname != "" {
		return address.Hostname
	}
	return strings.ReplaceAll(address.IP, ".", "-")
}

func a(ip string) dns.RR { return &dns.A{Hdr: header(dns.TypeA), A: net.ParseIP(ip)} }

func header(kind uint16) dns.RR_Header {
	return dns.RR_Header{Rrtype: kind, Class: dns.ClassINET, Ttl: ttl}
}
