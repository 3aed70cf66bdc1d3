"""Released tables never change: this list only grows."""

import hashlib

from costmodel.foundation.datafiles import data_folder

RELEASED = """\
552f5a7e7f58164f08dc9252a8a8a9ecab2997a6a28794e56749f816fbf8564e 2026-04-21/anthropic.yaml
fd575a3c2a0c742fafac6941bc42b8574223586c4d3f0779b4b16188ac244872 2026-04-21/deepseek.yaml
afa53a0c9b29a6e183a10feea6ea613303794bd83834eac241b78c518c1214bd 2026-04-21/google.yaml
6ed7419696566518b8fc471aff0bd251a89da77a38c2932166e3e070eb9c23fd 2026-04-21/openai.yaml
57b93afcccc76de25637553bfa0aad91da29fdd44a8fb073fb23ca9cc63c5662 2026-08-12/anthropic.yaml
303575d647420cc74c126ec25b595a29799ce4b544f5ce75281f50c78d709bcf 2026-08-12/deepseek.yaml
e4f91516c40bf0285ce0dacc3a5e76bb71587348da3c19ed8e0672c39b463529 2026-08-12/google.yaml
d07910da9b1c9df660dab5eec1d6176774d5b9071608fc06907646c8c83b6569 2026-08-12/openai.yaml
c5654f11e3cba78a38b4edf44c424bc9f99fdc55fba17d85a32d04c2854ef2f8 2026-11-23/anthropic.yaml
4c784f745e2a7838c0cf41ce1f6ce75a3e1527b6122563fd14a5bab69cf4bfad 2026-11-23/deepseek.yaml
b9d8de66aafe148208c84954b95aca5c0994a40dd3fc495cd3defc776c28ecbe 2026-11-23/google.yaml
3384fc92a1e8c171c0fc3d67fd8c1b37b9fcde92a8af29082b1a6dda85e66a10 2026-11-23/openai.yaml
17f5f9199c5d50ffbc6976a7084fabc57cdaa5d7d0050a121bd897b01c65de65 2026-11-24/anthropic.yaml
0716823adb1d560498730faa291bc3d55d2c36aeed8211aebcf8998562eeda23 2026-11-24/azure.yaml
9103acb9d4e3b0960de8d0b792551604afa08d00970dde7970e4c8a57aab01b3 2026-11-24/bedrock.yaml
cd9c0a897c28d46e3bf8e13ca16d306bae1d8dc658d8624953666ec8dfe81787 2026-11-24/cohere.yaml
738b6ff629872b98d8498a6f8361ac2ff37bab13c1b28155be49114893c83bf6 2026-11-24/deepseek.yaml
1be4499bc5e4e2626f161b93b0aee73a89f1f4068d0c1c1545c3552303bfa3db 2026-11-24/google.yaml
f25f60acf85ca3ad3eea77dd87d78dd6cf59aad23307df73c4c02f9ccea2f7e1 2026-11-24/groq.yaml
7aba24244ddd53948306dac231d3ec4bfcbf26582bb8c3098947ce8f05789537 2026-11-24/meta.yaml
adf4931cea176adb3722a1ef15ed131b16bb8ee636a03258bb63e5bdf64681b7 2026-11-24/mistral.yaml
6a6115452898e77526046b55ade77a1a0ddaabc9f2046a8bc6674046ac4f3ca0 2026-11-24/moonshotai.yaml
63e333fa34fada58279c4af2add17c91dad2afc0dd21dd33820a079d72ca94ab 2026-11-24/openai.yaml
75facebdc1f2effa49b2a399705876bf56f9d556674a3c23c9511f487d1dbfc2 2026-11-24/voyageai.yaml
6a4fbf8bdef4a4f05d2fb353ced4842ce94f235ae294338411adb0ed6c88fdde 2026-11-24/x-ai.yaml
"""


def test_no_released_table_has_changed_and_every_one_is_listed():
    folder = data_folder("pricing")
    listed = {name: digest for digest, name in map(str.split, RELEASED.splitlines())}
    found = {
        f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("2*/*.yaml")
    }
    assert found == listed
