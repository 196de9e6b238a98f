"""Names of people by city. First and last names are drawn apart, so that nobody in particular is meant."""

from dataclasses import dataclass
from random import Random

from django.utils.text import slugify

from beautydrop.marketplace.demo.cities import City

_FIRST: dict[str, str] = {
    "berlin": """
        Mina Ayla Lotte Tomás Jonas Emre Greta Suri Noor Ola Bea Thu Jo Leyla Finn Marlene Karim Zofia
        Paul Hanna Deniz Ida Mateusz Linh Yusuf Frieda Milan Selin Anton Johanna Amir Klara Malte Nele
    """,
    "london": """
        Imogen Kwame Priya Callum Aisha Freya Tunde Harriet Sanjay Niamh Leon Zara Oscar Amara Rhys
        Beatrix Femi Orla
    """,
    "paris": """
        Camille Yanis Inès Lucien Aminata Margaux Bastien Nadia Théo Apolline Mehdi Solène Anouk Ibrahim
        Capucine Rémi
    """,
    "barcelona": """
        Laia Pau Marta Oriol Núria Iker Carla Jordi Amina Biel Mireia Gael Ona Martí Rocío Quim
    """,
    "new-york": """
        Dana Malik Rosa Jasmine Eli Carmen Theo Keisha Hana Marcus Nadia Luis Simone Avi Mei Tasha Owen
        Yolanda
    """,
    "los-angeles": """
        Marisol Devon Skye Andrea Kai Lupe Jordan Ximena Reese Ana Miles Soo-jin Paloma Dario Wren Talia
    """,
    "sao-paulo": """
        Luana Thiago Beatriz Caio Yumi Rafaela Davi Marina Jonas Tainá Bruno Larissa Otávio Helena Igor
        Sabrina
    """,
    "nairobi": """
        Wanjiru Otieno Achieng Kamau Njeri Baraka Wambui Kipchirchir Nyambura Juma Akinyi Muthoni Omondi
        Zawadi Chebet
    """,
    "lagos": """
        Adaeze Tobi Folake Chidi Bisi Emeka Ngozi Segun Amaka Yetunde Kunle Ifeoma Damilola Uche Simi
        Obinna
    """,
    "mumbai": """
        Ananya Rohan Farah Meera Vikram Zoya Kavita Arjun Nisha Joel Pooja Imran Shreya Neville Tara
        Devika
    """,
    "tokyo": """
        Haruka Sota Misaki Ren Aoi Kenta Yui Daichi Mao Riku Sakura Takumi Nanami Shun Chihiro Emi
    """,
    "sydney": """
        Matilda Lachlan Chloe Minh Ruby Angus Talia Xavier Mia Darcy Lucia Hamish Poppy Jai Georgia
        Tahlia
    """,
}
_LAST: dict[str, str] = {
    "berlin": """
        Haddad Demir Brandt Rey Vogel Yıldız Lindner Nowak Petersen Tran Aydın Krüger Wolff Kaya Sommer
        Brückner Hoffmann Kowalska Winkler Reuter Arslan Seidel Lorenz Nguyen Baumann Osei Falk Hartwig
    """,
    "london": """
        Clarke Mensah Patel Whitlock Rahman Ashdown Okafor Pemberton Iyer Doyle Barrow Hussain Thorne
        Adeyemi Price
    """,
    "paris": """
        Moreau Benali Lefèvre Diallo Garnier Rousseau Haddad Chevalier Traoré Fontaine Nguyen Perrin
        Belkacem Roche
    """,
    "barcelona": """
        Puig Ferrer Soler Etxeberria Vidal Roca Benítez Casals Mora Amrani Serra Bosch Navarro Camps
        Riera
    """,
    "new-york": """
        Ruiz Johnson Feldman Okoye Park Delgado Greene Rossi Washington Chen Ramos Levy Baptiste Murphy
        Singh
    """,
    "los-angeles": """
        Ortega Kim Reyes Whitaker Nakamura Flores Bennett Aguilar Hayes Tran Mendoza Brooks Castillo
        Avila
    """,
    "sao-paulo": """
        Almeida Tanaka Ferreira Souza Nogueira Barros Lima Moraes Watanabe Teixeira Duarte Pacheco
        Ramalho Vieira
    """,
    "nairobi": """
        Mwangi Odhiambo Karanja Wafula Njoroge Kimani Ochieng Mutua Chepkemoi Gathoni Were Maina Kiptoo
        Atieno
    """,
    "lagos": "Adebayo Okonkwo Balogun Eze Ogunleye Nwosu Bello Akande Obi Lawal Udo Ojo Danjuma Fashola",
    "mumbai": """
        Kulkarni Desai Shaikh Fernandes Nair Pereira Joshi Merchant Bhatt Rao D’Souza Sethna Pawar
        Malhotra
    """,
    "tokyo": """
        Kobayashi Saito Mori Fujita Ishikawa Ogawa Hayashi Shimizu Kondo Aoki Sakamoto Endo Ueda Hara
    """,
    "sydney": """
        Campbell Nguyen Walsh Papadopoulos Morrison Singh Rossi Fletcher Dawson Lim Haddad Sinclair
        Moretti Byrne
    """,
}


@dataclass(frozen=True, slots=True)
class Person:
    """`email` is at a *.example host, `phone` in a range of the city that is kept for fiction."""

    first_name: str
    last_name: str
    email: str
    phone: str
    language: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def phone_number(city: City, rng: Random) -> str:
    """A number of the city; nobody is called by it."""
    return "".join(rng.choice("0123456789") if sign == "#" else sign for sign in city.phone)


def first_staff_names(city: City, count: int) -> list[str]:
    """The names at the head of the city's lists, for the salon that everybody sees first."""
    return [
        f"{first} {last}"
        for first, last in zip(_names(_FIRST[city.key])[:count], _names(_LAST[city.key]), strict=False)
    ]


def staff_names(city: City, count: int, rng: Random) -> list[str]:
    """`count` full names of the city, whose first names all differ."""
    firsts = rng.sample(_names(_FIRST[city.key]), count)
    return [f"{first} {rng.choice(_names(_LAST[city.key]))}" for first in firsts]


def passer_by(city: City, rng: Random) -> Person:
    """Somebody who books there as a guest or by phone; one in six comes from another city."""
    home = city.key if rng.random() < 5 / 6 else rng.choice(list(_FIRST))
    first, last = rng.choice(_names(_FIRST[home])), rng.choice(_names(_LAST[home]))
    host = rng.choice(("post.example", "mail.example", "inbox.example"))
    return Person(first, last, f"{address_of(first, last)}@{host}", phone_number(city, rng), city.language)


def address_of(first: str, last: str) -> str:
    """`mina.haddad`: the part of an e-mail address before the @."""
    return f"{slugify(first)}.{slugify(last.replace('ı', 'i').replace('’', ''))}"


def _names(words: str) -> list[str]:
    return words.split()
