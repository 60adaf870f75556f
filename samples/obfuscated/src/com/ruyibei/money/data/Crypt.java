package com.ruyibei.money.data;

import android.util.Base64;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

public final class Crypt {
  private static final byte[] KEY = "ruyi-2025-sample".getBytes();

  private Crypt() {}

  public static String lock(String text) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(KEY, "AES"), new IvParameterSpec(KEY));
    return Base64.encodeToString(cipher.doFinal(text.getBytes()), Base64.DEFAULT);
  }
}
