"""Sentences of the demo: about salons, their people, their doors, and what customers write."""

ABOUT: dict[str, tuple[str, ...]] = {
    "hair": (
        "We cut the hair you have, not the one in the picture, and we tell you how to live with it.",
        "Colour takes time here: we mix it by eye and look at it in daylight before you go.",
        "Curls, coils and straight hair, each with people who wear it themselves.",
    ),
    "nails": (
        "Short, natural and tidy is what we do best; long and loud we do as well.",
        "Tools are sterilised for every guest, and no one is talked into extras.",
        "Polish from three small makers, and a lamp that is kind to hands.",
    ),
    "skin": (
        "First we look, then we talk, then we touch. Often you need less than you use.",
        "Quiet rooms, few products, and time to lie still afterwards.",
        "We write down what we did, so that you know what your skin liked.",
    ),
    "brows": (
        "Brows that look like yours after a good night’s sleep.",
        "We measure, draw and ask before anything is taken away.",
        "Thread, tweezers or wax: you choose, we do each of them daily.",
    ),
    "massage": (
        "Firm hands, warm oil, no gongs. Tell us where it hurts and where not to go.",
        "After each guest the room rests for ten minutes, and so do we.",
        "Trained therapists, blankets in winter, windows open in summer.",
    ),
    "barber": (
        "Clean lines, hot towels and football turned down to a whisper.",
        "Walk out in half an hour, or stay for the long version.",
        "Old chairs, sharp blades, and a dog who sleeps through all of it.",
    ),
    "makeup": (
        "Make-up that people notice only as “you look well”. Drama on request.",
        "All skin tones; we mix foundation on the spot.",
        "Weddings, stages, passports: say what it is for and we will match it.",
    ),
    "wax": (
        "Sugar paste cooked here, warm not hot, and quick hands.",
        "Fast, thorough, and nobody makes a face.",
        "First time? We explain each step and stop when you say so.",
    ),
}

ALSO = (
    "Tea and water are on the house.",
    "Come five minutes early, not more: the bench is small.",
    "Card and cash, both are fine.",
    "Prams fit through the door.",
    "We play records and take requests.",
    "Students pay a tenth less from Tuesday to Thursday.",
    "There is a socket for your laptop while colour sits.",
    "Dogs are welcome if they like each other.",
)

# How to find the door; the second list needs stairs.
DOORS = (
    "Corner house, entrance on the quieter side.",
    "Blue door between the bakery and the bicycle shop.",
    "Ring twice; the first bell is the dentist’s.",
    "Set back from the street, behind the plane tree.",
    "Look for the brass hand on the door.",
    "At the back of the arcade, past the tailor.",
)
STAIRS = (
    "Mezzanine, up twelve steps on the right.",
    "In the basement, six steps down beside the florist.",
    "First floor; the stairs are behind the red door.",
)

TITLES: dict[str, tuple[str, ...]] = {
    "hair": ("Cut and colour", "Colourist", "Curl specialist", "Stylist", "Senior stylist", "Junior stylist"),
    "nails": ("Gel and shape", "Builder gel", "Pedicure", "Nail art", "Nail technician", "Junior technician"),
    "skin": (
        "Facialist",
        "Skin therapist",
        "Dermal specialist",
        "Cosmetician",
        "Facialist",
        "Junior facialist",
    ),
    "brows": ("Brow artist", "Lashes", "Threading", "Brow and lash artist", "Lash artist", "Junior artist"),
    "massage": (
        "Massage therapist",
        "Deep tissue",
        "Shiatsu",
        "Reflexology",
        "Massage therapist",
        "Lymph therapist",
    ),
    "barber": ("Master barber", "Barber", "Fades", "Razor and beard", "Barber", "Apprentice"),
    "makeup": ("Make-up artist", "Weddings", "Stage and camera", "Make-up artist", "Lessons", "Assistant"),
    "wax": ("Sugaring", "Hard wax", "Sugaring", "Body waxing", "Sugaring", "Junior"),
}

CUSTOMER_NOTES = (
    "First visit, I may need a minute to find the door.",
    "I’m allergic to latex gloves.",
    "Same as last time, if you still know.",
    "I have to leave on the minute for a train.",
    "Could we do it without music? I’ll have a headache by then.",
    "I’m bringing my baby, she usually sleeps.",
    "Sensitive skin, nothing with perfume, thank you.",
    "It’s for my sister’s wedding the day after.",
    "I’m hard of hearing on the left side.",
    "My appointment ends at the same time as my friend’s, we come together.",
    "I wear glasses and am blind without them, so tell me what you’re doing.",
    "Six months pregnant, so lying on my back is difficult.",
)
CANCEL_NOTES = (
    "I have caught a cold.",
    "My shift was changed.",
    "The trains are not running.",
    "I’ll book again next month.",
    "",
)
SHOP_CANCEL_NOTES = ("Our colleague is ill today. We call you for a new time.", "A pipe has burst next door.")
CLOSED_NOTES = ("Team training", "Stocktaking", "New floor in the salon")
